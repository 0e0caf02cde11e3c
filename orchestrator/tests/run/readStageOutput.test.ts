import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStageOutput, type StageLogItem } from '../../src/run/readStageOutput.ts';
import { eventually } from '../support/eventually.ts';
import { chunk, rawChunk } from './storedRun.ts';

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'stage-output-'));
  file = path.join(dir, '01-build.ndjson');
});
afterEach(() => rm(dir, { recursive: true }));

describe('readStageOutput', () => {
  it('gives the exact bytes of every chunk in order, base64 before data', async () => {
    const odd = Buffer.from([0x61, 0xff, 0x00, 0x0a]);
    await write(
      { type: 'command:start', command: 'x', timestamp: '', index: 1 },
      { type: 'exec:begin', attempt: 1 },
      chunk('first €\n'),
      rawChunk(odd, 'stderr'),
      { type: 'exec:end', exit_code: 1 },
    );
    expect(await read()).toEqual([
      { kind: 'attempt' },
      { kind: 'output', stream: 'stdout', bytes: Buffer.from('first €\n') },
      { kind: 'output', stream: 'stderr', bytes: odd },
    ]);
  });

  it('ignores the copies that other tools write besides the chunks', async () => {
    await write(
      chunk('once\n'),
      { type: 'command:stdout', data: 'once\n' },
      { type: 'command:stderr', data: 'x' },
    );
    expect(await read()).toEqual([{ kind: 'output', stream: 'stdout', bytes: Buffer.from('once\n') }]);
  });

  it('passes over records that are not output, whatever their shape', async () => {
    await write(
      { type: 'exec:chunk', stream: 'other', data: 'x' },
      { type: 'exec:chunk', stream: 'stdout', data: 1 },
    );
    await appendFile(file, '[1]\nnull\n"text"\n\n \r\n');
    expect(await read()).toEqual([]);
  });

  it('reports damage in the middle and reads on; a torn last line is no damage', async () => {
    await write(chunk('a'));
    await appendFile(file, `{"type":\n${JSON.stringify(chunk('b'))}\n{"type":"exec:chu`);
    expect(await read()).toEqual([
      { kind: 'output', stream: 'stdout', bytes: Buffer.from('a') },
      { kind: 'damaged', line: 2, reason: 'not valid JSON' },
      { kind: 'output', stream: 'stdout', bytes: Buffer.from('b') },
    ]);
  });

  it('takes a last line that lacks only its newline', async () => {
    await writeFile(file, JSON.stringify(chunk('whole')));
    expect(await read()).toHaveLength(1);
  });

  it('reads lines that are longer than one read', async () => {
    const long = 'x'.repeat(700_000);
    await write(chunk(long), chunk('short'));
    const items = await read();
    expect(items.map((item) => (item.kind === 'output' ? item.bytes.length : null))).toEqual([700_000, 5]);
  });

  it('rejects for a file that is not there', async () => {
    await expect(read()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('goes on while the file grows, a line at a time even when lines come in pieces', async () => {
    await write(chunk('one'));
    let isComplete = false;
    const seen: string[] = [];
    const reading = (async () => {
      for await (const item of readStageOutput(file, async () => isComplete)) {
        if (item.kind === 'output') seen.push(item.bytes.toString());
      }
    })();
    await eventually(() => seen.length === 1);
    const line = `${JSON.stringify(chunk('two'))}\n`;
    await appendFile(file, line.slice(0, 20));
    await appendFile(file, line.slice(20));
    await eventually(() => seen.length === 2);
    await appendFile(file, `${JSON.stringify(chunk('three'))}\n`);
    isComplete = true;
    await reading;
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('reads what was written before the question whether it is complete', async () => {
    await write(chunk('one'));
    const complete = async (): Promise<boolean> => {
      await appendFile(file, `${JSON.stringify(chunk('two'))}\n`);
      return true;
    };
    const items: StageLogItem[] = [];
    for await (const item of readStageOutput(file, complete)) items.push(item);
    expect(items).toHaveLength(2);
  });
});

function write(...records: object[]): Promise<void> {
  return writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

async function read(): Promise<StageLogItem[]> {
  const items: StageLogItem[] = [];
  for await (const item of readStageOutput(file)) items.push(item);
  return items;
}
