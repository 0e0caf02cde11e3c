import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JsonLinesWriter } from '../../src/storage/jsonLinesWriter.ts';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import { repairTail } from '../../src/storage/repairTail.ts';

let dir: string;
let file: string;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tail-'));
  file = path.join(dir, 'runner.ndjson');
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

describe('repairTail', () => {
  test('reports a missing file and creates nothing', () => {
    expect(repairTail(file)).toEqual({ kind: 'missing', bytes: 0 });
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test.each(['', '{"a":1}\n', '{"a":1}\nbroken\n', '\n'])('leaves %j alone', (content) => {
    fs.writeFileSync(file, content);
    expect(repairTail(file)).toEqual({ kind: 'clean', bytes: 0 });
    expect(fs.readFileSync(file, 'utf8')).toBe(content);
  });

  test('closes a last line that lacks only its newline', () => {
    fs.writeFileSync(file, '{"a":1}\n{"b":"ü"}');
    expect(repairTail(file)).toEqual({ kind: 'closed', bytes: 10 });
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n{"b":"ü"}\n');
  });

  test.each([
    ['half an object', Buffer.from('{"b":[1,2')],
    ['half a number, which is a number too', Buffer.from('12')],
    ['half a character', Buffer.from('{"b":"ü').subarray(0, 7)],
    ['zeros after a power loss', Buffer.alloc(100)],
    ['a complete line with a damaged character', Buffer.from([0x22, 0xff, 0x22])],
  ])('cuts off %s', (_, tail) => {
    fs.writeFileSync(file, Buffer.concat([Buffer.from('{"a":1}\n'), tail]));
    expect(repairTail(file)).toEqual({ kind: 'cut', bytes: tail.length });
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n');
  });

  test('cuts a file that is nothing but a torn line', () => {
    fs.writeFileSync(file, '{"a"');
    expect(repairTail(file)).toEqual({ kind: 'cut', bytes: 4 });
    expect(fs.readFileSync(file, 'utf8')).toBe('');
  });

  test('finds the start of a torn line that is longer than one look back', () => {
    fs.writeFileSync(file, `{"a":1}\n{"b":"${'x'.repeat(1_000_000)}`);
    expect(repairTail(file)).toEqual({ kind: 'cut', bytes: 1_000_006 });
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n');
  });

  test('closes a tail too long to be looked at, so that only this line is lost', async () => {
    const tooLong = 64 * 1024 * 1024 + 1;
    fs.writeFileSync(file, '{"a":1}\n');
    fs.truncateSync(file, 8 + tooLong);
    expect(repairTail(file)).toEqual({ kind: 'closed', bytes: tooLong });
    fs.appendFileSync(file, '{"b":2}\n');
    const lines = [];
    for await (const line of readJsonLines(file)) lines.push(line);
    expect(lines).toEqual([
      { kind: 'value', value: { a: 1 }, line: 1 },
      { kind: 'damaged', line: 2, reason: 'longer than 67108864 bytes', torn: false },
      { kind: 'value', value: { b: 2 }, line: 3 },
    ]);
  });

  test('saves every whole line, wherever the file was torn', async () => {
    const lines = ['{"n":1,"text":"plain"}', '{"n":2,"text":"ü€😀"}', '{"n":3,"text":"\\n{}"}'];
    const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    for (let length = 0; length <= whole.length; length += 1) {
      fs.writeFileSync(file, whole.subarray(0, length));
      const writer = JsonLinesWriter.open(file);
      writer.append({ n: 'next' });
      await writer.close();

      let end = 0;
      const expected: unknown[] = [];
      for (const line of lines) {
        end += Buffer.byteLength(line);
        if (end <= length) expected.push(JSON.parse(line));
        end += 1;
      }
      const read: unknown[] = [];
      for await (const line of readJsonLines(file)) read.push(line.kind === 'value' ? line.value : line);
      expect(read, `torn after ${length} bytes`).toEqual([...expected, { n: 'next' }]);
    }
  });
});
