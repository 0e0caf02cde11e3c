import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { JsonLinesWriter } from '../../src/storage/jsonLinesWriter.ts';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import { eventually } from '../support/eventually.ts';
import { buildChildren, type ChildStarter } from './children.ts';

const FillReport = z.object({ appended: z.number(), code: z.string() });
const Numbered = z.object({ number: z.unknown() });

let bundles: string;
let start: ChildStarter;
let dir: string;
let file: string;

beforeAll(async () => {
  bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'writer-children-'));
  start = await buildChildren(bundles);
});
afterAll(() => fs.rmSync(bundles, { recursive: true }));
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'writer-'));
  file = path.join(dir, 'runner.ndjson');
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true });
});

describe('JsonLinesWriter', () => {
  test('appends one line per value and whole lines as bytes', async () => {
    const writer = JsonLinesWriter.open(file);
    writer.append({ a: 'ü\n' });
    writer.appendBytes(Buffer.from('{"b":1}\n{"c":2}\n'));
    writer.appendBytes(new Uint8Array());
    await writer.close();
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":"ü\\n"}\n{"b":1}\n{"c":2}\n');
  });

  test('repairs a torn line before it appends', async () => {
    fs.writeFileSync(file, '{"a":1}\n{"tor');
    const writer = JsonLinesWriter.open(file);
    writer.append({ b: 2 });
    await writer.close();
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n{"b":2}\n');
  });

  test('refuses bytes that do not end a line', async () => {
    const writer = JsonLinesWriter.open(file);
    expect(() => writer.appendBytes(Buffer.from('{"a":1}'))).toThrow('A line must end with a newline');
    await writer.close();
    expect(fs.readFileSync(file, 'utf8')).toBe('');
  });

  test('takes back a line that does not fit, reports why, and can go on', async () => {
    const child = start('appendUntilFull', [file], { ulimitFileBlocks: 64 });
    const { appended, code } = FillReport.parse(JSON.parse(await child.line()));
    expect(code).toBe('EFBIG');
    const values = await readValues(file);
    expect(values).toHaveLength(appended + 1);
    expect(values.at(-2)).toMatchObject({ number: appended - 1 });
    expect(values.at(-1)).toEqual({ short: true });
  });

  test('does not append behind a torn line that could not be taken back at once', async () => {
    const writer = JsonLinesWriter.open(file);
    writer.append({ a: 1 });
    const { writeSync } = fs;
    vi.spyOn(fs, 'writeSync')
      .mockImplementationOnce((descriptor) => writeSync(descriptor, '{"b'))
      .mockImplementationOnce(() => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      });
    vi.spyOn(fs, 'ftruncateSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('not now'), { code: 'EIO' });
    });
    expect(() => writer.append({ b: 2 })).toThrow('full');
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n{"b');
    writer.append({ c: 3 });
    await writer.close();
    expect(fs.readFileSync(file, 'utf8')).toBe('{"a":1}\n{"c":3}\n');
  });

  test('syncs the data and, for a new file, the directory', async () => {
    const writer = JsonLinesWriter.open(file);
    writer.append({ a: 1 });
    const openings = vi.spyOn(fs, 'openSync');
    await writer.sync();
    expect(openings.mock.calls).toEqual([[dir, 'r']]);
    await writer.sync();
    await writer.close();
    expect(openings).toHaveBeenCalledTimes(1);
  });

  test('lets syncs that wait for the same turn share it', async () => {
    const writer = JsonLinesWriter.open(file);
    const first = writer.sync();
    expect(writer.sync()).toBe(first);
    await first;
    const later = writer.sync();
    expect(later).not.toBe(first);
    await writer.close();
    await expect(later).resolves.toBeUndefined();
  });

  test('waits for syncs when it is closed, can be closed twice and not used afterwards', async () => {
    const writer = JsonLinesWriter.open(file);
    writer.append({ a: 1 });
    const order: string[] = [];
    const synced = writer.sync().then(() => order.push('synced'));
    await writer.close().then(() => order.push('closed'));
    await synced;
    expect(order).toEqual(['synced', 'closed']);
    await writer.close();
    expect(() => writer.append({ b: 2 })).toThrow(`Already closed: ${file}`);
    expect(() => writer.sync()).toThrow(`Already closed: ${file}`);
  });

  test('passes on errors of the file system', () => {
    expect(() => JsonLinesWriter.open(path.join(dir, 'missing/x'))).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
  });

  test('leaves at most one torn line when it is killed', async () => {
    for (let life = 0; life < 4; life += 1) {
      fs.rmSync(file, { force: true });
      const child = start('appendForever', [file]);
      await child.line();
      const wanted = life * 200_000 + 1;
      await eventually(() => fs.statSync(file).size > wanted, { what: 'lines' });
      await child.kill();

      const writer = JsonLinesWriter.open(file);
      writer.append({ number: 'last' });
      await writer.close();
      const numbers = (await readValues(file)).map((value) => Numbered.parse(value).number);
      expect(numbers.pop()).toBe('last');
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });
});

/** All values of a file in which nothing may be damaged. */
async function readValues(source: string): Promise<unknown[]> {
  const values = [];
  for await (const line of readJsonLines(source)) {
    if (line.kind === 'damaged') throw new Error(`line ${line.line}: ${line.reason}`);
    values.push(line.value);
  }
  return values;
}
