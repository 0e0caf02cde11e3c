import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseState } from '../../src/rlm/loop/parseState.ts';
import { makeLoopRepo, type LoopRepo } from '../rlm/loop/loopRig.ts';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';

let repo: LoopRepo;
afterEach(() => repo.cleanup());

const WORKS = ['echo "$n" > work; echo "Summary: by $n"'];

async function statePath(): Promise<string> {
  return path.join(await repo.runDir(), 'rlm', 'state.json');
}

describe('a loop that ended max_iterations', () => {
  it('goes on at the next iteration with its history when it may have more', async () => {
    repo = await makeLoopRepo({ agent: WORKS, validator: ['exit 1', 'exit 1', 'exit 0'] });
    expect(await repo.rlm(['--max-iterations', '2'])).toMatchObject({ code: 3 });
    const { iterations: before } = await repo.state();
    const resumed = await repo.cli(['resume', '--max-iterations', '4']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toContain('Resumed at iteration 3 of 4');
    const state = await repo.state();
    expect(state).toMatchObject({ maxIterations: 4, final: { status: 'passed' }, totals: { agentCalls: 3 } });
    expect(state.iterations.slice(0, 2)).toEqual(before);
    expect(state.iterations.slice(2)).toMatchObject([{ n: 3, summary: 'by 3', validatorExitCode: 0 }]);
    expect(await repo.input(3)).toMatch(/by 1[^]*by 2/);
  });

  it('ends the same way at once, and says why, when it may not', async () => {
    repo = await makeLoopRepo({ agent: WORKS });
    const first = await repo.rlm(['--max-iterations', '2']);
    const before = await repo.state();
    const resumed = await repo.cli(['resume']);
    expect(resumed.code).toBe(3);
    const reason = 'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).';
    expect(first.stdout).toContain(reason);
    expect(resumed.stdout).toContain(reason);
    expect(resumed.stdout).toContain('--max-iterations');
    const { iterations, final } = await repo.state();
    expect({ iterations, final }).toEqual({ iterations: before.iterations, final: before.final });
    expect(await repo.calls('agent')).toBe(2);
  });
});

describe('a loop whose agent failed', () => {
  it('goes on with the same iteration', async () => {
    repo = await makeLoopRepo({ agent: [...WORKS, 'exit 7', ...WORKS], validator: ['exit 1', 'exit 0'] });
    const failed = await repo.rlm([], { env: { RLM_AGENT_RETRIES: '0' } });
    expect(failed.code).toBe(10);
    expect(await repo.state()).toMatchObject({ iterations: [{ n: 1 }], inProgress: { n: 2 } });
    expect(await repo.cli(['resume'])).toMatchObject({ code: 0, stderr: '' });
    const { iterations, totals } = await repo.state();
    expect(iterations).toMatchObject([
      { n: 1, summary: 'by 1', validatorExitCode: 1 },
      { n: 2, summary: 'by 3', validatorExitCode: 0 },
    ]);
    expect(totals.agentCalls).toBe(3);
  });
});

describe('a loop that ended on its options', () => {
  it('takes a flag of resume for the wrong one, and keeps the others', async () => {
    repo = await makeLoopRepo({ agent: WORKS });
    const flags = ['--validator', 'test -f work', '--max-minutes', '7'];
    expect(await repo.rlm([...flags, '--max-iterations', 'some'])).toMatchObject({ code: 5 });
    expect(await repo.cli(['resume', '--max-iterations', '3'])).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.state()).toMatchObject({
      goal: 'reach the goal',
      validator: 'test -f work',
      maxIterations: 3,
      maxMinutes: 7,
      iterations: [{ n: 1, validatorExitCode: 0 }],
    });
  });

  it('takes what the environment says now for a wrong flag', async () => {
    repo = await makeLoopRepo({ agent: WORKS, validator: ['exit 0'] });
    expect(await repo.rlm(['--roles', 'chorus', '--max-iterations', '3'])).toMatchObject({ code: 5 });
    const env = { RLM_ROLES: 'triad' };
    expect(await repo.cli(['resume'], { env })).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.state()).toMatchObject({ roles: 'triad', maxIterations: 3, iterations: [{ n: 1 }] });
  });

  it('takes a validator from the environment when there was none', async () => {
    repo = await makeLoopRepo({ agent: WORKS });
    const nothing = { RLM_AGENT_COMMAND: undefined, RLM_VALIDATOR: undefined };
    const started = await repo.rlm(['--agent-command', repo.programs.agent], { env: nothing });
    expect(started.code).toBe(2);
    const resumed = await repo.cli(['resume'], { env: { ...nothing, RLM_VALIDATOR: 'test -f work' } });
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(await repo.state()).toMatchObject({ goal: 'reach the goal', validator: 'test -f work' });
    expect(await repo.calls('agent')).toBe(1);
  });
});

describe('a loop whose state.json is damaged', () => {
  it.each(['{"goal": "reach', '{"goal": 1}', ''])(
    'is not resumed, and %j stays as it is',
    async (damaged) => {
      repo = await makeLoopRepo({ agent: WORKS });
      expect(await repo.rlm(['--max-iterations', '1'])).toMatchObject({ code: 3 });
      const file = path.relative(repo.root, await statePath());
      const whole = await repo.read(file);
      await repo.write(file, damaged);
      const refused = await repo.cli(['resume', '--max-iterations', '2']);
      expect(refused.code).toBe(65);
      expect(refused.stderr).toContain('state.json');
      expect(await repo.read(file)).toBe(damaged);
      expect(await repo.calls('agent')).toBe(1);

      await repo.write(file, whole);
      expect(await repo.cli(['resume', '--max-iterations', '2'])).toMatchObject({ code: 3 });
      expect((await repo.state()).iterations).toMatchObject([{ n: 1 }, { n: 2 }]);
    },
  );
});

describe('a loop of the tool before this one', () => {
  it('is resumed with its history and Codex', async () => {
    repo = await makeLoopRepo({ validator: ['exit 1', 'exit 0'] });
    expect(await repo.rlm(['--max-iterations', '1'])).toMatchObject({ code: 3 });
    const file = path.relative(repo.root, await statePath());
    const old = {
      goal: 'reach the goal',
      validator: repo.env['RLM_VALIDATOR'],
      roles: 'single',
      maxIterations: 3,
      maxMinutes: 2880,
      iterations: [
        {
          n: 1,
          startedAt: '2026-01-01T10:00:00.000Z',
          summary: 'what the old tool did',
          validatorExitCode: 1,
          validatorLogPath: '.runs/0101/cli/old/rlm/validator-1.log',
          diffSummary: 'no diff',
        },
      ],
    };
    await repo.write(file, JSON.stringify(old, null, 2));
    const event = { type: 'item.completed', item: { id: '1', type: 'agent_message', text: 'Summary: new' } };
    const usage = { input_tokens: 7, cached_input_tokens: 0, output_tokens: 2 };
    const lines = [event, { type: 'turn.completed', usage }].map((line) => `echo '${JSON.stringify(line)}'`);
    const program = await repo.write(
      'bin/codex',
      ['#!/bin/sh', 'cat > prompt-seen', ...lines, ''].join('\n'),
    );
    await chmod(program, 0o755);
    const env = {
      PATH: `${path.dirname(program)}:${process.env['PATH'] ?? ''}`,
      RLM_AGENT_COMMAND: undefined,
      RLM_VALIDATOR: undefined,
    };
    expect(await repo.cli(['resume'], { env })).toMatchObject({ code: 0, stderr: '' });
    const { iterations, totals } = await repo.state();
    expect(iterations).toMatchObject([old.iterations[0], { n: 2, summary: 'new', validatorExitCode: 0 }]);
    expect(totals).toMatchObject({ agentCalls: 1, input: 7, output: 2 });
    expect(await repo.read('prompt-seen')).toContain('what the old tool did');
  });
});

describe('state.json', () => {
  it('is a whole document at every moment of a loop, and has no more than the loop did', async () => {
    const agent = [`cat .runs/gate; ${WORKS[0]}`, ...WORKS];
    repo = await makeLoopRepo({ agent, validator: ['exit 1', 'exit 1', 'exit 1', 'exit 0'] });
    await mkdir(repo.path('.runs'), { recursive: true });
    execFileSync('mkfifo', [repo.path('.runs/gate')]);
    const loop = repo.startRlm();
    const seen = new Set<string>();
    const over = new AbortController();
    const reading = (async () => {
      let isOpen = false;
      const file = await loop.waitForStdout('Goal:').then(statePath);
      while (!over.signal.aborted) {
        const { phase, iterations } = parseState(JSON.parse(await readFile(file, 'utf8')));
        seen.add(`${phase} ${iterations.length}`);
        // However slowly this reads, it must have seen the first agent at work.
        if (seen.has('agent 0') && !isOpen) {
          isOpen = true;
          await writeFile(repo.path('.runs/gate'), '');
        }
      }
    })();
    expect(await loop.exited).toMatchObject({ code: 0 });
    over.abort();
    await reading;
    expect([...seen]).toContain('agent 0');
    const metrics = await readJsonLinesFile(repo.path('.runs', '0101', 'metrics.json'));
    expect(metrics.lines).toHaveLength(1);
  });
});
