import { execFileSync } from 'node:child_process';
import { chmod, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CODEX_PROMPT_LIMIT } from '../../src/rlm/agents/codex.ts';
import { eventually } from '../support/eventually.ts';
import { cut, endless, patches, refuses, runs, says, slowly, together } from './answers.ts';
import { callCodex } from './callCodex.ts';
import { type CodexRig, createCodexRig, FIX, TEST_COMMAND } from './codexRig.ts';
import { installCodex, INSTALL_TIMEOUT_MS } from './installCodex.ts';
import type { ScriptStep } from './responsesServer.ts';

beforeAll(async () => void (await installCodex()), INSTALL_TIMEOUT_MS);

let rig: CodexRig;

afterEach(() => rig.close());

async function script(...steps: ScriptStep[]): Promise<CodexRig> {
  rig = await createCodexRig(steps);
  return rig;
}

describe('the real Codex', () => {
  test('gets the prompt, runs the test, edits the code and says so', async () => {
    const { repo, server } = await script(
      runs(TEST_COMMAND),
      together(says('It subtracts.'), patches(...FIX)),
      runs(TEST_COMMAND),
      says('Done.\nSummary: add adds\nNext: nothing'),
    );
    const { result, news } = await callCodex(rig, { prompt: 'Make the test pass. ☂' });

    expect(result).toMatchObject({
      ended: 'done',
      failure: null,
      attempts: 1,
      exitCode: 0,
      report: {
        message: 'Done.\nSummary: add adds\nNext: nothing',
        usage: { input: 4000, cached: 1600, output: 200, reasoning: 80 },
        toolCalls: 3,
        answered: true,
        failure: null,
      },
    });
    expect(result.report.threadId).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.requests[0]?.prompt).toBe('Make the test pass. ☂');
    expect(server.requests.at(-1)?.toolOutputs.map(exitCodeIn)).toEqual([1, null, 0]);
    expect(await repo.read('add.mjs')).toContain('return a + b;');
    const actions = news.flatMap((piece) => (piece.kind === 'action' ? [piece.text] : []));
    expect(actions).toContain(`$ ${TEST_COMMAND}`);
    expect(news.at(-1)).toEqual({ kind: 'answered' });
  });

  test('may not write when it is to think only', async (context) => {
    const { repo, hasSandbox } = await script(runs('cat add.mjs; touch new.txt || true'), says('A plan.'));
    if (!hasSandbox) context.skip('no sandbox on this machine');
    const { result } = await callCodex(rig, { call: { role: 'planner', mayWrite: false } });
    expect(result.report).toMatchObject({ message: 'A plan.', toolCalls: 1, answered: true });
    expect(rig.server.requests[1]?.toolOutputs[0]).toContain('return a - b;');
    expect(await readdir(repo.root)).not.toContain('new.txt');
  });

  test('may write outside of the sandbox when its arguments say so', async () => {
    const { repo, hasSandbox } = await script(
      runs('git commit --quiet --allow-empty -m by-codex'),
      says('Done.'),
    );
    const args = hasSandbox ? ['--sandbox', 'danger-full-access'] : [];
    expect((await callCodex(rig, { args })).result.ended).toBe('done');
    expect(git(repo.root, 'log', '-1', '--format=%s')).toBe('by-codex\n');
  });

  test('takes a prompt as long as it says, and not one character more', async () => {
    await script(says('Read.'));
    const prompt = 'x'.repeat(CODEX_PROMPT_LIMIT);
    expect((await callCodex(rig, { prompt })).result.report.message).toBe('Read.');
    const { result } = await callCodex(rig, { prompt: `${prompt}x`, retries: 0 });
    expect(result.failure?.reason).toMatch(
      /^exit code 1: .*Input exceeds the maximum length of 1048576 characters/,
    );
  });

  test('is heard when it prints 50 MB', async () => {
    await script(together(...Array.from({ length: 50 }, () => says('x'.repeat(1_000_000)))));
    const { result } = await callCodex(rig);
    expect(result).toMatchObject({ ended: 'done', report: { answered: true } });
    expect(result.report.message).toMatch(/^x{32768}$/);
  });
});

describe('a failure of the model', () => {
  test('that no test has provided for says so', async () => {
    await script(says('Only this.'));
    await callCodex(rig);
    const { result } = await callCodex(rig, { retries: 0 });
    expect(result.failure).toEqual({
      kind: 'other',
      reason: 'the script has no answer number 2',
      advice: null,
    });
  });

  test('is tried again when it is a rate limit', async () => {
    await script(refuses(429, 'slow down', { 'retry-after': '1' }), says('Here I am.'));
    const { result, waits } = await callCodex(rig);
    expect(result).toMatchObject({ ended: 'done', attempts: 2, report: { message: 'Here I am.' } });
    expect(waits.map(({ reason }) => reason)).toEqual([
      'exceeded retry limit, last status: 429 Too Many Requests',
    ]);
  });

  test('is tried again when the stream breaks off, and what was done stays done', async () => {
    const { repo } = await script(patches(...FIX), cut(says('I have')), slowly(300, says('It is done.')));
    const { result, waits } = await callCodex(rig);
    expect(result).toMatchObject({
      ended: 'done',
      attempts: 2,
      report: { message: 'It is done.', toolCalls: 1 },
    });
    expect(waits[0]?.reason).toMatch(/^stream disconnected before completion: /);
    expect(await repo.read('add.mjs')).toContain('return a + b;');
  });

  test('is given up when it lasts', async () => {
    await script(refuses(500, 'out of order'), refuses(500, 'out of order'));
    const { result } = await callCodex(rig, { retries: 1 });
    expect(result).toMatchObject({
      ended: 'failed',
      attempts: 2,
      exitCode: 1,
      failure: { kind: 'transient' },
    });
  });

  test('ends the call at once when the login is refused', async () => {
    await script(refuses(401, 'Incorrect API key provided'));
    const { result, waits } = await callCodex(rig);
    expect(waits).toEqual([]);
    expect(result.failure?.reason).toMatch(
      /^unexpected status 401 Unauthorized: Incorrect API key provided, /,
    );
    expect(result).toMatchObject({
      ended: 'failed',
      attempts: 1,
      failure: {
        kind: 'authentication',
        advice: 'Log in with `codex login`, or set CODEX_API_KEY to an API key of OpenAI.',
      },
    });
  });
});

describe('a Codex that does not come to an end', () => {
  test('because of an answer without end is ended at its time limit', async () => {
    await script(endless(says('Well,')));
    const { result } = await callCodex(rig, { timeLeftMs: () => 1_500 });
    expect(result).toMatchObject({ ended: 'timed-out', report: { message: 'Well,', answered: false } });
  });

  test('because of a command is ended together with the command', async () => {
    const cancel = new AbortController();
    const sleep = endlessSleep();
    await script(runs(sleep));
    const { result } = await callCodex(rig, {
      cancellation: { signal: cancel.signal, force: new AbortController().signal },
      onNews: (news) => {
        if (news.kind === 'action' && news.text === `$ ${sleep}`) cancel.abort();
      },
    });
    expect(result).toMatchObject({ ended: 'cancelled', report: { toolCalls: 1 } });
    await eventually(() => !isRunning(sleep));
  });

  test('although it has answered is ended after a grace, and has done its work', async () => {
    const sleep = endlessSleep();
    await script(says('Done.'));
    const program = path.join(rig.env['HOME'] ?? '', 'codex');
    await writeFile(program, `#!/bin/sh\n'${codexProgram(rig)}' "$@"\nexec ${sleep}\n`);
    await chmod(program, 0o755);
    const slowEnv = { ...process.env, ...rig.env, PATH: `${path.dirname(program)}:${rig.env['PATH']}` };
    const { result } = await callCodex(rig, { env: slowEnv, answerGraceMs: 100 });
    expect(result).toMatchObject({ ended: 'done', failure: null, report: { message: 'Done.' } });
    expect(isRunning(sleep)).toBe(false);
  });
});

/** Of a shell command of Codex; null for what is no shell command. */
function exitCodeIn(output: string): number | null {
  const code = /"exit_code":(\d+)/.exec(output)?.[1];
  return code === undefined ? null : Number(code);
}

function codexProgram({ env }: CodexRig): string {
  return path.join(env['PATH']?.split(path.delimiter)[0] ?? '', 'codex');
}

/** A command unlike any other on this machine. */
function endlessSleep(): string {
  return `sleep 4321.${Date.now()}`;
}

function isRunning(command: string): boolean {
  return execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' }).includes(command);
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' });
}
