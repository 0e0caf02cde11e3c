import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OutputFile } from '../../src/process/outputFile.ts';
import { eventually } from '../support/eventually.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-output-'));
  file = path.join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('takes output in the order of arrival, and lines of ours on lines of their own', async () => {
  writeFileSync(file, 'of an earlier run');
  const output = OutputFile.create(file);
  output.addLine('begin');
  output.write('stdout', Buffer.from('one\ntw'));
  output.write('stderr', Buffer.from('o'));
  output.write('stdout', Buffer.alloc(0));
  output.addLine('middle');
  output.write('stderr', Buffer.from([0xff, 0x0a]));
  output.addLine('end');
  await output.close();
  const expected = [
    Buffer.from('begin\none\ntwo\nmiddle\n'),
    Buffer.from([0xff, 0x0a]),
    Buffer.from('end\n'),
  ];
  expect(readFileSync(file)).toEqual(Buffer.concat(expected));
});

it('shows what is written at once', async () => {
  const output = OutputFile.create(file);
  output.write('stdout', Buffer.from('no line end'));
  expect(readFileSync(file, 'utf8')).toBe('no line end');
  await output.close();
});

it('asks for a pause when it cannot keep up, and loses nothing', async () => {
  const output = OutputFile.create(file);
  const chunk = Buffer.alloc(256 * 1024, 'x');
  let drained = 0;
  output.onDrain = () => (drained += 1);
  let written = 0;
  while (output.write('stdout', chunk)) written += 1;
  written += 1;
  expect(written).toBeLessThan(100);
  await eventually(() => drained === 1, { what: 'room for more' });
  await output.close();
  expect(readFileSync(file).length).toBe(written * chunk.length);
});

it('cannot be created in a missing folder or in place of one', () => {
  expect(() => OutputFile.create(path.join(folder, 'missing', 'log'))).toThrow(/ENOENT/);
  mkdirSync(file);
  expect(() => OutputFile.create(file)).toThrow(/EISDIR/);
});

it.skipIf(process.platform !== 'linux')(
  'tells a failure once, drops what follows, and rejects at the end',
  async () => {
    const output = OutputFile.create('/dev/full');
    const errors: unknown[] = [];
    output.onError = (error) => errors.push(error);
    expect(output.write('stdout', Buffer.from('x'))).toBe(true);
    expect(output.write('stdout', Buffer.from('y'))).toBe(true);
    await expect(output.close()).rejects.toMatchObject({ code: 'ENOSPC', path: '/dev/full' });
    expect(errors).toHaveLength(1);
  },
);
