import { isUtf8 } from 'node:buffer';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutputStream } from '../../src/process/outputSink.ts';
import { type AttemptOutput, StageLog, type StageLogOptions } from '../../src/process/stageLog.ts';
import { eventually } from '../support/eventually.ts';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';
import { rawBytes, readChunks, streamBytes } from './logReader.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-stage-log-'));
  file = path.join(folder, '01-build.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (options: Partial<StageLogOptions> = {}) =>
  StageLog.open({ path: file, stageIndex: 1, ...options });
const begin = (log: StageLog, attempt = 1) => log.beginAttempt({ correlationId: `id-${attempt}`, attempt });
const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);

interface Piece {
  stream: OutputStream;
  chunk: Buffer;
}

/** Writes as a command does: it stops when asked to, and goes on when there is room. */
async function writeAll(log: StageLog, pieces: Piece[]): Promise<void> {
  for (const { stream, chunk } of pieces) {
    if (log.write(stream, chunk)) continue;
    await new Promise<void>((resolve) => {
      log.onDrain = resolve;
    });
  }
}

async function logOf(pieces: Piece[], options: Partial<StageLogOptions> = {}): Promise<AttemptOutput> {
  const log = open(options);
  begin(log);
  await writeAll(log, pieces);
  const output = await log.endAttempt();
  await log.close();
  return output;
}

describe('lines', () => {
  it('have their keys in the documented order', async () => {
    const log = open({ stageIndex: 7 });
    log.append({ type: 'exec:begin', command: 'a "b"' });
    begin(log);
    log.write('stderr', Buffer.from('né "1"\n'));
    await log.endAttempt();
    await log.close();
    const [event = '', chunk = ''] = lines();
    expect(event).toMatch(/^\{"type":"exec:begin","command":"a \\"b\\"","timestamp":"[^"]+Z","index":7\}$/);
    expect(chunk).toMatch(
      /^\{"type":"exec:chunk","correlation_id":"id-1","attempt":1,"stream":"stderr","sequence":1,"bytes":8,"data":"né \\"1\\"\\n","timestamp":"[^"]+Z","index":7\}$/,
    );
  });

  it('are in the order in which things happened', async () => {
    const log = open();
    log.append({ type: 'first' });
    begin(log);
    log.write('stdout', Buffer.alloc(100_000, 'a'));
    log.append({ type: 'second' });
    log.write('stderr', Buffer.from('b'));
    log.write('stdout', Buffer.from('c'));
    log.append({ type: 'third' });
    await log.endAttempt();
    log.append({ type: 'last' });
    await log.close();
    const { lines: all } = await readJsonLinesFile(file);
    const seen = all.map((line) => String(line['stream'] ?? line['type']));
    expect(seen).toEqual(['first', 'stdout', 'stdout', 'second', 'stderr', 'stdout', 'third', 'last']);
    const sequences = (await readChunks(file)).map((chunk) => chunk.sequence);
    expect(sequences).toEqual([1, 2, 3, 4]);
  });

  it('can be seen by a follower at once', () => {
    const log = open();
    log.append({ type: 'exec:begin' });
    expect(lines()).toHaveLength(1);
    begin(log);
    log.write('stdout', Buffer.from('no newline yet'));
    expect(lines()).toHaveLength(2);
    return log.close();
  });

  it('start their sequence again in the next attempt', async () => {
    const log = open();
    for (const attempt of [1, 2]) {
      begin(log, attempt);
      log.write('stdout', Buffer.from('x'));
      log.write('stderr', Buffer.from('yz'));
      await expect(log.endAttempt()).resolves.toMatchObject({ chunks: 2, stdoutBytes: 1, stderrBytes: 2 });
    }
    await log.close();
    const chunks = await readChunks(file);
    expect(chunks.map((chunk) => [chunk.correlation_id, chunk.attempt, chunk.sequence])).toEqual([
      ['id-1', 1, 1],
      ['id-1', 1, 2],
      ['id-2', 2, 1],
      ['id-2', 2, 2],
    ]);
  });

  it('are added to those of an earlier run, whose torn last line is repaired', async () => {
    await logOf([{ stream: 'stdout', chunk: Buffer.from('earlier') }]);
    appendFileSync(file, '{"type":"exec:chunk","da');
    await logOf([{ stream: 'stdout', chunk: Buffer.from('later') }]);
    expect((await readChunks(file)).map((chunk) => chunk.data)).toEqual(['earlier', 'later']);
  });
});

describe('output', () => {
  it('can be put together again byte for byte, whatever it is and however it was cut', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).map((value) => Buffer.from(value));
    const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value));
    const large = fc
      .tuple(text, fc.integer({ min: 1, max: 9000 }))
      .map(([value, times]) => repeated(value, times));
    const piece = fc.record({
      stream: fc.constantFrom<OutputStream>('stdout', 'stderr'),
      // Of every output a piece is cut off, so that characters end in later pieces of the same stream.
      chunk: fc.oneof({ weight: 3, arbitrary: text }, bytes, large),
      cut: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (outputs) => {
        const pieces = outputs.flatMap(({ stream, chunk, cut }) => [
          { stream, chunk: chunk.subarray(0, cut) },
          { stream: other(stream), chunk: Buffer.from('|') },
          { stream, chunk: chunk.subarray(cut) },
        ]);
        rmSync(file, { force: true });
        const output = await logOf(pieces);
        const chunks = await readChunks(file);
        for (const stream of ['stdout', 'stderr'] as const) {
          const expected = Buffer.concat(pieces.filter((p) => p.stream === stream).map((p) => p.chunk));
          expect(streamBytes(chunks, stream).equals(expected)).toBe(true);
          expect(output[`${stream}Bytes`]).toBe(expected.length);
          const asBase64 = chunks.some((c) => c.stream === stream && c.base64 !== undefined);
          expect(asBase64).toBe(!isUtf8(expected));
        }
        expect(chunks.map((chunk) => chunk.sequence)).toEqual(chunks.map((_chunk, at) => at + 1));
        expect(output.chunks).toBe(chunks.length);
        for (const chunk of chunks) expect(rawBytes(chunk)).toHaveLength(chunk.bytes);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps a character whole that arrives in pieces, in spite of the other stream', async () => {
    const euro = Buffer.from('€');
    await logOf([
      { stream: 'stdout', chunk: euro.subarray(0, 1) },
      { stream: 'stderr', chunk: Buffer.from('!') },
      { stream: 'stdout', chunk: euro.subarray(1, 2) },
      { stream: 'stdout', chunk: euro.subarray(2) },
    ]);
    const chunks = await readChunks(file);
    expect(chunks.map(({ stream, data, bytes }) => [stream, data, bytes])).toEqual([
      ['stderr', '!', 1],
      ['stdout', '€', 3],
    ]);
  });

  it('keeps bytes that are not UTF-8 as base64 beside the readable text', async () => {
    await logOf([{ stream: 'stdout', chunk: Buffer.from([0x61, 0xff, 0x62]) }]);
    const [chunk] = await readChunks(file);
    expect(chunk).toMatchObject({ bytes: 3, data: 'a\uFFFDb', base64: 'Yf9i' });
    expect(Object.keys(chunk ?? {}).slice(6, 8)).toEqual(['data', 'base64']);
  });

  it('does not lose a character that is never completed', async () => {
    const output = await logOf([{ stream: 'stderr', chunk: Buffer.from([0x61, 0xe2, 0x82]) }]);
    const chunks = await readChunks(file);
    expect(chunks.map(({ bytes, data, base64 }) => [bytes, data, base64])).toEqual([
      [1, 'a', undefined],
      [2, '\uFFFD', '4oI='],
    ]);
    expect(output).toMatchObject({ chunks: 2, stderrBytes: 3 });
  });

  it('becomes records of at most 64 KiB, in which small pieces come together', async () => {
    const log = open();
    begin(log);
    const pieces = Array.from({ length: 20_000 }, (_unused, i) => Buffer.from(`line ${i}\n`));
    // The first piece is large enough to be written in the background; the others come meanwhile.
    await writeAll(log, [{ stream: 'stdout', chunk: Buffer.alloc(70_000, 'x') }]);
    await writeAll(
      log,
      pieces.map((chunk) => ({ stream: 'stdout', chunk })),
    );
    const output = await log.endAttempt();
    await log.close();
    const chunks = await readChunks(file);
    expect(Math.max(...chunks.map((chunk) => chunk.bytes))).toBeLessThanOrEqual(65_536 + 3);
    expect(chunks.length).toBeLessThan(20);
    expect(output.chunks).toBe(chunks.length);
  });

  it('ends in the tails', async () => {
    const output = await logOf([
      { stream: 'stdout', chunk: Buffer.alloc(80_000, 'a') },
      { stream: 'stderr', chunk: Buffer.from('problem\n') },
      { stream: 'stdout', chunk: Buffer.from('end\n') },
    ]);
    expect(output.stdoutTail).toBe(`${'a'.repeat(65_532)}end\n`);
    expect(output.stderrTail).toBe('problem\n');
    expect(output.combinedTail).toBe(`${'a'.repeat(65_524)}problem\nend\n`);
    expect(output).toMatchObject({ stdoutBytes: 80_004, stderrBytes: 8 });
  });

  it('may be empty', async () => {
    await expect(logOf([])).resolves.toEqual({
      chunks: 0,
      stdoutBytes: 0,
      stderrBytes: 0,
      stdoutTail: '',
      stderrTail: '',
      combinedTail: '',
    });
    expect(lines()).toEqual([]);
  });
});

describe('back-pressure', () => {
  it('asks for a pause when the file does not keep up, and ends it', async () => {
    const log = open();
    begin(log);
    const chunk = Buffer.alloc(65_536, 'x');
    let taken = 0;
    while (log.write('stdout', chunk)) taken += chunk.length;
    expect(taken).toBeLessThan(2 * 1024 * 1024);
    let drained = false;
    log.onDrain = () => {
      drained = true;
    };
    await eventually(() => drained);
    expect(log.write('stdout', chunk)).toBe(true);
    await expect(log.endAttempt()).resolves.toMatchObject({ stdoutBytes: taken + 2 * chunk.length });
    await log.close();
    expect(streamBytes(await readChunks(file), 'stdout')).toHaveLength(taken + 2 * chunk.length);
  });
});

describe('secrets', () => {
  it('are reported with the record that shows them, and stay in the log', async () => {
    const touched: unknown[] = [];
    await logOf(
      [
        { stream: 'stdout', chunk: Buffer.from('nothing\n') },
        { stream: 'stderr', chunk: Buffer.from('password=hunter22\n') },
        { stream: 'stdout', chunk: Buffer.from('-----BEGIN RSA PRIVATE KEY-----\n') },
      ],
      { onTouched: (touch) => touched.push(touch) },
    );
    expect(touched).toEqual([
      { sequence: 2, stream: 'stderr', rule: 'sensitive-token', action: 'redact' },
      { sequence: 3, stream: 'stdout', rule: 'private-key', action: 'block' },
    ]);
    expect(readFileSync(file, 'utf8')).toContain('password=hunter22');
  });
});

it('refuses output that belongs to no attempt', async () => {
  const log = open();
  expect(() => log.write('stdout', Buffer.from('x'))).toThrow(
    'Output was written to a stage log outside of an attempt.',
  );
  await log.close();
});

it('cannot be opened in a folder that does not exist', () => {
  expect(() => open({ path: path.join(folder, 'missing', 'log') })).toThrow(/ENOENT/);
});

function other(stream: OutputStream): OutputStream {
  return stream === 'stdout' ? 'stderr' : 'stdout';
}

function repeated(value: Buffer, times: number): Buffer {
  return Buffer.alloc(value.length * times, value);
}
