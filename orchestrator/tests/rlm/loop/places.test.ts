import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { command } from '../../support/stageConfig.ts';
import { expectEnd, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

const PASSED = {
  status: 'passed' as const,
  exitCode: 0,
  reason: 'Goal reached: the validator passed in iteration 2 of 88.',
};

describe('a folder outside git', () => {
  it('without a configuration: the loop works and says that there are no checkpoints', async () => {
    repo = await makeLoopRepo({ git: false, agent: ['echo "$n" > work'], validator: ['grep -q 2 work'] });
    const result = await repo.rlm();
    const state = await expectEnd(repo, result, PASSED);
    expect(result.stdout).toContain('  No checkpoints: this folder is in no git repository\n');
    expect(result.stdout).toContain('    changed: 1 file\n');
    expect(state.iterations.map((one) => one.checkpoint)).toEqual([null, null]);
    expect(state.iterations[0]?.diffSummary).toContain('work');
  });

  it('sees when nothing changes, and protected files', async () => {
    repo = await makeLoopRepo({
      git: false,
      agent: ['echo easy > a.test'],
      validator: ['exit 0'],
      files: { 'a.test': 'hard' },
    });
    const state = await expectEnd(repo, await repo.rlm(['--protect', '*.test']), {
      status: 'no_progress',
      exitCode: 3,
      reason:
        'Goal not reached: no progress in iteration 3 of 88 (files and failure were the same 3 times), ' +
        'the validator passes only with protected files changed.',
    });
    expect(state.protectedFilesChanged).toEqual(['a.test']);
  });
});

describe('git', () => {
  it('keeps a checkpoint before each iteration and nothing else of the loop', async () => {
    repo = await makeLoopRepo({ agent: ['echo "$n" > work'], validator: ['grep -q 2 work'] });
    const before = [await repo.git('rev-parse', 'HEAD'), await repo.git('for-each-ref', 'refs/heads')];
    const result = await repo.rlm();
    const state = await expectEnd(repo, result, PASSED);
    expect(result.stdout).not.toContain('No checkpoints');
    const names = state.iterations.map((one) => one.checkpoint ?? '');
    expect(names).toHaveLength(2);
    const [first = '', second = ''] = names;
    await expect(repo.git('show', `${first}:work`)).rejects.toThrow(/work/);
    expect(await repo.git('show', `${second}:work`)).toBe('1');
    const after = [await repo.git('rev-parse', 'HEAD'), await repo.git('for-each-ref', 'refs/heads')];
    expect(after).toEqual(before);
    expect(await repo.git('diff', '--cached', '--name-only')).toBe('');
  });

  it('that breaks under the agent does not keep the validator from its word', async () => {
    repo = await makeLoopRepo({ agent: ['rm -rf .git', ':'], validator: ['exit 1', 'exit 0'] });
    const result = await repo.rlm();
    await expectEnd(repo, result, PASSED);
    expect(result.stdout).toContain('not a git repository');
  });

  it('in a folder of a repository: paths of the state count from the folder', async () => {
    repo = await makeLoopRepo({
      files: { 'part/keep': 'x' },
      agent: ['pwd > where'],
      validator: ['test -f where'],
    });
    const result = await repo.rlm([], {
      cwd: repo.path('part'),
      env: { CODEX_ORCHESTRATOR_ROOT: repo.path('part') },
    });
    expect(result.code).toBe(0);
    expect((await repo.read('part/where')).trim()).toBe(repo.path('part'));
  });
});

it('the task of a loop is named after the folder', async () => {
  repo = await makeLoopRepo({ validator: ['exit 0'] });
  const result = await repo.rlm([], { env: { MCP_RUNNER_TASK_ID: undefined } });
  expect(result.code).toBe(0);
  const taskId = `rlm-${path.basename(repo.root).toLowerCase()}`;
  expect((await repo.manifest({ taskId })).task_id).toBe(taskId);
});

describe('pipelines', () => {
  const flags = ['--max-iterations', '7', '--max-minutes', '0.5', '--roles', 'triad', '--protect', 'a,b'];

  it("a pipeline rlm of the repository's own gets the flags as RLM_* variables", async () => {
    const stage = command('own', 'env > seen');
    repo = await makeLoopRepo({
      config: { pipelines: [{ id: 'rlm', title: 'Own', guardrailsRequired: false, stages: [stage] }] },
    });
    const args = [...flags, '--agent', 'command', '--agent-command', 'cat', '--agent-arg', 'x y'];
    const result = await repo.rlm(args, { env: { RLM_GOAL: 'other', RLM_MAX_TOKENS: '9' } });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const seen = await repo.read('seen');
    for (const variable of [
      'RLM_GOAL=reach the goal',
      'RLM_MAX_ITERATIONS=7',
      'RLM_MAX_MINUTES=0.5',
      'RLM_MAX_TOKENS=9',
      'RLM_ROLES=triad',
      'RLM_PROTECT=a,b',
      'RLM_AGENT=command',
      'RLM_AGENT_COMMAND=cat',
      'RLM_AGENT_ARGS=["x y"]',
    ]) {
      expect(seen).toContain(`${variable}\n`);
    }
    expect(result.stdout).not.toContain('State:');
  });

  it('one that is not about loops takes no flags for them', async () => {
    const stage = command('own', 'true');
    repo = await makeLoopRepo({
      config: { pipelines: [{ id: 'ci', title: 'CI', guardrailsRequired: false, stages: [stage] }] },
    });
    const result = await repo.cli(['start', 'ci', '--max-iterations', '7']);
    expect(result).toMatchObject({ code: 64, stdout: '' });
    expect(result.stderr).toContain('--max-iterations is for loops, and pipeline "ci" has none');
  });

  it.each([
    {
      name: 'passes',
      validator: 'exit 0',
      final: { exitCode: 0, reason: 'Goal reached: the validator passed in iteration 1 of 2.' },
      exitCode: 0,
      after: 'x\n',
    },
    {
      name: 'fails',
      validator: 'exit 1',
      final: {
        exitCode: 3,
        reason: 'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).',
      },
      exitCode: 1,
      after: '',
    },
  ])('one with the loop as a stage, which $name', async ({ validator, final, exitCode, after }) => {
    const loop = { kind: 'subpipeline', id: 'loop', title: 'Loop', pipeline: 'rlm' };
    const stages = [loop, command('after', 'echo x > after-ran')];
    repo = await makeLoopRepo({
      validator: [validator],
      config: { pipelines: [{ id: 'all', title: 'All', guardrailsRequired: false, stages }] },
    });
    const result = await repo.cli(['start', 'all', '--goal', 'reach the goal', '--max-iterations', '2']);
    expect(result.code).toBe(exitCode);
    expect(result.stdout).toContain('Iteration 1 of 2\n');
    const [child = '', parent = ''] = await repo.runIds();
    expect((await repo.manifest({ runId: parent })).child_runs).toMatchObject([{ run_id: child }]);
    expect((await repo.manifest({ runId: child })).summary).toContain(final.reason);
    expect((await repo.state({ runId: child })).final).toMatchObject(final);
    expect(await repo.read('after-ran').catch(() => '')).toBe(after);
  });
});

describe('a loop that failed says so', () => {
  const FINAL = {
    status: 'max_iterations' as const,
    exitCode: 3,
    reason: 'Goal not reached: 1 of 1 iteration used, the validator still fails (exit code 1).',
  };

  it('also where little is shown', async () => {
    repo = await makeLoopRepo();
    const result = await repo.rlm(['--max-iterations', '1', '--quiet']);
    await expectEnd(repo, result, FINAL);
    expect(result.stdout).not.toContain('Iteration 1');
  });

  it('also as JSON', async () => {
    repo = await makeLoopRepo();
    const result = await repo.rlm(['--max-iterations', '1', '--format', 'json']);
    await expectEnd(repo, result, FINAL);
    const { summary } = await repo.manifest();
    expect(JSON.parse(result.stdout)).toMatchObject({ status: 'failed', exit_code: 3, summary });
  });
});
