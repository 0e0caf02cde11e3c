import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputTail, TAIL_BYTES } from '../../src/process/outputTail.ts';

function tailOf(chunks: Buffer[]): string {
  const tail = new OutputTail();
  for (const chunk of chunks) tail.push(chunk);
  return tail.text();
}

it('keeps exactly the last 64 KiB, however the output was cut', () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 3000, max: 9000 }),
    fc.integer({ min: 60_000, max: 150_000 }),
  );
  fc.assert(
    fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
      let next = 0;
      const chunks = sizes.map((length) => Buffer.from(Array.from({ length }, () => 33 + (next++ % 90))));
      expect(tailOf(chunks)).toBe(Buffer.concat(chunks).subarray(-TAIL_BYTES).toString('latin1'));
    }),
    { numRuns: 30 },
  );
});

it('puts tiny pieces together', () => {
  const tail = new OutputTail();
  for (let i = 0; i < 100_000; i += 1) tail.push(Buffer.from([0x61 + (i % 26)]));
  const text = tail.text();
  expect(text).toHaveLength(TAIL_BYTES);
  expect(text.endsWith(String.fromCharCode(0x61 + (99_998 % 26), 0x61 + (99_999 % 26)))).toBe(true);
});

it('does not begin within a character', () => {
  const text = tailOf([Buffer.from('€'.repeat(30_000))]);
  expect(text).toBe('€'.repeat(Math.floor(TAIL_BYTES / 3)));
});

it('shows bytes that are not UTF-8 as replacement characters, also at the start of uncut output', () => {
  expect(tailOf([Buffer.from([0x80, 0x41, 0xff])])).toBe('\uFFFDA\uFFFD');
});

it('is empty without output', () => {
  expect(tailOf([])).toBe('');
});
