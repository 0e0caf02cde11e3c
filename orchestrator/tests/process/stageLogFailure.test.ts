import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, faultEnvironment } from '../support/faults.ts';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';
import { readChunks, streamBytes } from './logReader.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'codex-stage-log-failure-'));
  file = path.join(folder, '01-build.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STAGE_LOG = JSON.stringify(new URL('../../src/process/stageLog.ts', import.meta.url).href);

/** Writes to a stage log in a process with faults; `prefix` is shell text that limits what the process may do. */
function run(steps: string, faults: Fault[], prefix = ''): Record<string, unknown> {
  const code = `
    import { StageLog } from ${STAGE_LOG};
    const seen = { errors: [], drained: 0 };
    const codeOf = (error) => error.code;
    const log = StageLog.open({ path: ${JSON.stringify(file)}, stageIndex: 1 });
    log.onError = (error) => seen.errors.push(error.code);
    log.onDrain = () => { seen.drained += 1; };
    log.append({ type: 'exec:begin' });
    log.beginAttempt({ correlationId: 'id', attempt: 1 });
    ${steps}
    seen.end = await log.endAttempt().then(() => 'written', codeOf);
    log.append({ type: 'exec:end' });
    seen.close = await log.close().then(() => 'closed', codeOf);
    console.log(JSON.stringify(seen));`;
  const child = spawnSync(
    '/bin/sh',
    [
      '-c',
      `${prefix}exec "$@"`,
      'sh',
      process.execPath,
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      code,
    ],
    { env: { ...process.env, ...faultEnvironment(...faults) }, encoding: 'utf8' },
  );
  expect(child.stderr).toBe('');
  const result: unknown = JSON.parse(child.stdout);
  return { ...(typeof result === 'object' ? result : {}) };
}

const SMALL = "log.write('stdout', Buffer.from('small'));";
const LARGE = "log.write('stdout', Buffer.alloc(300000, 'x'));";
const lineCount = async () => {
  const { lines, torn } = await readJsonLinesFile(file);
  expect(torn).toBe('');
  return lines.length;
};

describe('a full disk', () => {
  const full = (nth: number): Fault => ({
    trigger: '01-build',
    operation: 'write',
    nth,
    forever: true,
    errno: 'ENOSPC',
  });
  const REFUSED = { errors: ['ENOSPC'], end: 'ENOSPC', close: 'ENOSPC' };

  it('is told once, and keeps what was written', async () => {
    expect(run(`${SMALL} ${SMALL} ${SMALL}`, [full(3)])).toMatchObject(REFUSED);
    expect(await lineCount()).toBe(2);
  });

  it('is told for a write in the background, and leaves nobody waiting for room', async () => {
    const steps = `let paused = false; while (!paused) paused = !log.write('stdout', Buffer.alloc(65536, 'x'));`;
    expect(run(steps, [full(2)])).toMatchObject({ ...REFUSED, drained: 1 });
    expect(await lineCount()).toBe(1);
  });

  it('takes and drops what comes later', () => {
    const steps = `${SMALL} seen.later = [log.write('stdout', Buffer.alloc(5000000)), log.write('stderr', Buffer.from('x'))];`;
    expect(run(steps, [full(2)])).toMatchObject({ ...REFUSED, later: [true, true] });
  });

  it('cuts off a line that went in only in part', async () => {
    const part: Fault = { trigger: '01-build', operation: 'write', nth: 2, bytes: 20 };
    expect(run(SMALL, [part, full(3)])).toMatchObject(REFUSED);
    expect(await lineCount()).toBe(1);
    // The same for the real thing: a file that may not grow further takes a part of a write, then nothing.
    rmSync(file);
    expect(run(LARGE, [], 'ulimit -f 200; ')).toMatchObject({
      errors: ['EFBIG'],
      end: 'EFBIG',
      close: 'EFBIG',
    });
    expect(await lineCount()).toBeGreaterThan(1);
  });
});

it.each([
  ['at once', SMALL, 'small'],
  ['in the background', LARGE, 'x'.repeat(300_000)],
])('goes on after a write %s that took only a part', async (_when, steps, text) => {
  const result = run(steps, [{ trigger: '01-build', operation: 'write', nth: 2, bytes: 100 }]);
  expect(result).toMatchObject({ errors: [], end: 'written', close: 'closed' });
  const printed = streamBytes(await readChunks(file), 'stdout').toString();
  expect(printed === text).toBe(true);
});
