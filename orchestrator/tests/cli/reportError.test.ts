import { expect, test } from 'vitest';
import { reportError } from '../../src/cli/reportError.ts';
import { FailureError } from '../../src/failure.ts';
import { VERSION } from '../../src/version.ts';
import { memoryStream } from './present/memoryStream.ts';

function report(error: unknown, argv: string[] = ['start'], env: NodeJS.ProcessEnv = {}) {
  const stdout = memoryStream();
  const stderr = memoryStream();
  const code = reportError(error, { argv, env, cwd: '/', stdout, stderr, now: () => new Date() });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

test('a failure is said with the nearest valid word', () => {
  const known = ['build', 'lint'];
  const error = new FailureError({ kind: 'stage-not-found', stageId: 'lnit', known, pipelineId: 'p' });
  expect(report(error)).toEqual({
    code: 66,
    stdout: '',
    stderr: 'error: No stage "lnit" in pipeline "p". Did you mean "lint"?\nStages: build, lint\n',
  });
});

test('as JSON a failure has all its facts', () => {
  const failure = { kind: 'run-already-over', runId: 'R', status: 'failed' } as const;
  const { code, stdout, stderr } = report(new FailureError(failure), ['cancel', '--format', 'json']);
  const message = 'Run R is over already: it ended failed.\nSee it with `codex-orchestrator status --run R`.';
  expect([code, stderr]).toEqual([77, `error: ${message}\n`]);
  expect(JSON.parse(stdout)).toEqual({ error: { ...failure, message }, exit_code: 77 });
});

test('an error of the file system is no bug', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  const { code, stdout, stderr } = report(error, ['start', '--format=json']);
  const message =
    'Cannot write: the disk is full (ENOSPC).\nFree some space, then `codex-orchestrator resume` continues the run.';
  expect([code, stderr]).toEqual([73, `error: ${message}\n`]);
  expect(JSON.parse(stdout)).toEqual({
    error: { kind: 'storage', message, operation: 'write', path: null, code: 'ENOSPC' },
    exit_code: 73,
  });
});

test('a bug asks to be reported, without a stack trace', () => {
  const { code, stdout, stderr } = report(new TypeError('x is not\u001b[2J a function'), [
    'plan',
    '--format',
    'json',
  ]);
  expect(code).toBe(70);
  expect(stderr).toBe(
    `error: Internal error in codex-orchestrator ${VERSION}: x is not a function\n` +
      'This is a bug. Please report it with the command you ran and the output of CODEX_ORCHESTRATOR_DEBUG=1.\n',
  );
  expect(JSON.parse(stdout)).toEqual({
    error: { kind: 'internal', message: 'x is not a function' },
    exit_code: 70,
  });
});

test('the stack trace is there for those who ask', () => {
  const { stderr } = report(new TypeError('oops'), ['plan'], { CODEX_ORCHESTRATOR_DEBUG: '1' });
  expect(stderr).toContain('\nTypeError: oops\n    at ');
});
