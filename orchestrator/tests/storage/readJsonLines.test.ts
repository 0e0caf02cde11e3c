import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readJsonLines, type JsonLine, type ReadOptions } from '../../src/storage/readJsonLines.ts';
import { buildChildren, type ChildStarter } from './children.ts';

const MemoryReport = z.object({ seen: z.array(z.unknown()), grownKiB: z.number() });

let bundles: string;
let start: ChildStarter;
let dir: string;
let file: string;

beforeAll(async () => {
  bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'reader-children-'));
  start = await buildChildren(bundles);
});
afterAll(() => fs.rmSync(bundles, { recursive: true }));
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'reader-'));
  file = path.join(dir, 'metrics.json');
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

describe('readJsonLines', () => {
  test('yields every value with its line, skipping blank lines and tolerating CRLF', async () => {
    expect(await read('{"a":1}\r\n\n \t\n[2]\nnull\n')).toEqual([
      { kind: 'value', value: { a: 1 }, line: 1 },
      { kind: 'value', value: [2], line: 4 },
      { kind: 'value', value: null, line: 5 },
    ]);
    expect(await read('')).toEqual([]);
  });

  test('reports damage in the middle with its line and reads on', async () => {
    const damaged = Buffer.concat([
      Buffer.from('{"a":1}\n{"b":\n'),
      Buffer.from('{"c":"\xff"}\n', 'latin1'),
      Buffer.from('{"d":4}\n'),
    ]);
    expect(await read(damaged)).toEqual([
      { kind: 'value', value: { a: 1 }, line: 1 },
      { kind: 'damaged', line: 2, reason: 'not valid JSON', torn: false },
      { kind: 'damaged', line: 3, reason: 'not valid UTF-8', torn: false },
      { kind: 'value', value: { d: 4 }, line: 4 },
    ]);
  });

  test('reads a last line that only lacks its newline, and marks a torn one', async () => {
    expect(await read('{"a":1}\n{"b":2}')).toEqual([
      { kind: 'value', value: { a: 1 }, line: 1 },
      { kind: 'value', value: { b: 2 }, line: 2 },
    ]);
    expect(await read('{"a":1}\n{"b":2')).toEqual([
      { kind: 'value', value: { a: 1 }, line: 1 },
      { kind: 'damaged', line: 2, reason: 'not valid JSON', torn: true },
    ]);
    expect(await read(Buffer.from('{"a":"€').subarray(0, 8))).toEqual([
      { kind: 'damaged', line: 1, reason: 'not valid UTF-8', torn: true },
    ]);
  });

  test('begins at a byte offset', async () => {
    expect(await read('{"a":1}\n{"b":2}\n', { start: 8 })).toEqual([
      { kind: 'value', value: { b: 2 }, line: 1 },
    ]);
    expect(await read('{"a":1}\n', { start: 8 })).toEqual([]);
  });

  test('puts together lines and characters that lie across chunks', async () => {
    const values = Array.from({ length: 50 }, (_, index) => ({ index, text: '€'.repeat(index * 997) }));
    const lines = await read(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    expect(lines.map((line) => line.kind === 'value' && line.value)).toEqual(values);
  });

  test('reads a line of many megabytes', async () => {
    const text = 'x'.repeat(8_000_000);
    const lines = await read(`${JSON.stringify({ text })}\n{"next":true}\n`);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toEqual({ kind: 'value', value: { text }, line: 1 });
    expect(lines[1]).toEqual({ kind: 'value', value: { next: true }, line: 2 });
  });

  test('takes a line of exactly the greatest length', async () => {
    expect(await read('[1]\n[12]\n[1]', { maxLineBytes: 3 })).toEqual([
      { kind: 'value', value: [1], line: 1 },
      { kind: 'damaged', line: 2, reason: 'longer than 3 bytes', torn: false },
      { kind: 'value', value: [1], line: 3 },
    ]);
  });

  test('passes a line of 800 MB without holding it in memory', async () => {
    fs.writeFileSync(file, '{"a":1}\n');
    fs.truncateSync(file, 800 * 1024 * 1024);
    fs.appendFileSync(file, '\n{"b":2}\n');
    const child = start('readAndMeasure', [file]);
    const { seen, grownKiB } = MemoryReport.parse(JSON.parse(await child.line()));
    expect(seen).toEqual([
      { kind: 'value', value: { a: 1 }, line: 1 },
      { kind: 'damaged', line: 2, reason: 'longer than 1048576 bytes', torn: false },
      { kind: 'value', value: { b: 2 }, line: 3 },
    ]);
    // On a busy machine V8 is late to free what was read: 160 MB were seen.
    expect(grownKiB).toBeLessThan(300 * 1024);
  });

  test('can be left early, and fails for a missing file', async () => {
    fs.writeFileSync(file, '{"a":1}\n{"b":2}\n');
    for await (const line of readJsonLines(file)) {
      expect(line).toEqual({ kind: 'value', value: { a: 1 }, line: 1 });
      break;
    }
    await expect(readJsonLines(path.join(dir, 'missing')).next()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function read(content: string | Buffer, options?: ReadOptions): Promise<JsonLine[]> {
  fs.writeFileSync(file, content);
  const lines = [];
  for await (const line of readJsonLines(file, options)) lines.push(line);
  return lines;
}
