import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { faultEnvironment } from './faults.ts';
import type { Fault } from './faults.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-faults-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a small ES module in the folder under faults. */
function run(code: string, ...faults: Fault[]): { printed: string; signal: NodeJS.Signals | null } {
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder,
    env: { ...process.env, ...faultEnvironment(...faults) },
    encoding: 'utf8',
  });
  return { printed: child.stdout + child.stderr, signal: child.signal };
}

const REPORT = '(e) => console.log(e.code, e.syscall)';
const FORMS: [string, string][] = [
  ['synchronous', `import fs from 'node:fs'; try { OPERATION } catch (e) { (${REPORT})(e) }`],
  ['promise', `import fs from 'node:fs/promises'; try { await OPERATION } catch (e) { (${REPORT})(e) }`],
];

const OPERATIONS: Record<string, [NonNullable<Fault['operation']>, string][]> = {
  synchronous: [
    ['open', "fs.openSync('word', 'w')"],
    ['open', "fs.writeFileSync('word', 'x')"],
    ['write', "fs.writeFileSync('word', 'x')"],
    ['write', "fs.appendFileSync('word', 'x')"],
    ['write', "fs.writeSync(fs.openSync('word', 'w'), 'x')"],
    ['fsync', "fs.fsyncSync(fs.openSync('word', 'w'))"],
    ['fsync', "fs.fdatasyncSync(fs.openSync('word', 'w'))"],
    ['rename', "fs.renameSync('other', 'word')"],
    ['link', "fs.linkSync('word', 'other')"],
    ['unlink', "fs.unlinkSync('word')"],
  ],
  promise: [
    ['open', "fs.open('word', 'w')"],
    ['write', "fs.writeFile('word', 'x')"],
    ['write', "fs.appendFile('word', 'x')"],
    ['write', "fs.open('word', 'w').then((handle) => handle.write('x'))"],
    ['write', "fs.open('word', 'w').then((handle) => handle.writeFile('x'))"],
    ['fsync', "fs.open('word', 'w').then((handle) => handle.sync())"],
    ['fsync', "fs.open('word', 'w').then((handle) => handle.datasync())"],
    ['rename', "fs.rename('other', 'word')"],
    ['link', "fs.link('word', 'other')"],
    ['unlink', "fs.unlink('word')"],
  ],
};

for (const [form, frame] of FORMS) {
  it.each(OPERATIONS[form] ?? [])(`fails the ${form} form of %s in %s`, (operation, code) => {
    const { printed } = run(frame.replace('OPERATION', code), {
      trigger: 'word',
      operation,
      errno: 'ENOSPC',
    });
    expect(printed).toBe(`ENOSPC ${operation}\n`);
  });
}

it('reaches functions imported by name and callbacks, promisified ones too', () => {
  const code = `
    import { renameSync, writeFile, write, openSync } from 'node:fs';
    import { promisify } from 'node:util';
    try { renameSync('a', 'word') } catch (e) { console.log(e.code) }
    await new Promise((resolve) => writeFile('word', 'x', (e) => resolve(console.log(e.code))));
    await promisify(write)(openSync('free', 'w'), 'x').then((r) => console.log(r.bytesWritten));`;
  const { printed } = run(code, { trigger: 'word', errno: 'EIO', forever: true });
  expect(printed).toBe('EIO\nEIO\n1\n');
});

it('lets other files and other turns pass', () => {
  const code = `
    import fs from 'node:fs';
    for (const name of ['free', 'word', 'word', 'word']) {
      try { fs.writeFileSync(name, 'x'); console.log('done') } catch (e) { console.log(e.code) }
    }`;
  const once = run(code, { trigger: 'word', operation: 'write', nth: 2, errno: 'ENOSPC' });
  expect(once.printed).toBe('done\ndone\nENOSPC\ndone\n');
  const always = run(code, { trigger: 'word', operation: 'write', nth: 2, forever: true, errno: 'ENOSPC' });
  expect(always.printed).toBe('done\ndone\nENOSPC\nENOSPC\n');
});

it('kills the process before or after an operation', () => {
  const code = "import fs from 'node:fs'; fs.writeFileSync('a', 'x'); fs.renameSync('a', 'word');";
  const before = run(code, { trigger: 'word', operation: 'rename', kill: 'before' });
  expect(before.signal).toBe('SIGKILL');
  expect(readdirSync(folder)).toEqual(['a']);
  const after = run(code, { trigger: 'word', operation: 'rename', kill: 'after' });
  expect(after.signal).toBe('SIGKILL');
  expect(readdirSync(folder)).toEqual(['word']);
});

it('writes less than asked for', () => {
  const code = `
    import fs from 'node:fs';
    const fd = fs.openSync('word', 'w');
    console.log(fs.writeSync(fd, 'abcdef'));`;
  expect(run(code, { trigger: 'word', operation: 'write', bytes: 2 }).printed).toBe('2\n');
  expect(readFileSync(path.join(folder, 'word'), 'utf8')).toBe('ab');
});

it('spares the children of the process', () => {
  const code = `
    import { execFileSync } from 'node:child_process';
    const child = "fs.writeFileSync('word', 'x'); console.log('written')";
    process.stdout.write(execFileSync(process.execPath, ['-e', child]));`;
  expect(run(code, { trigger: 'word', errno: 'ENOSPC', forever: true }).printed).toBe('written\n');
});
