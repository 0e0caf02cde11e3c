import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fieldsOf } from '../../../src/rlm/agents/eventFields.ts';
import type { CliResult } from '../../support/runCli.ts';
import { HANG, makeLoopRepo, type LoopRepo } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

const LAST = ['--max-iterations', '2'];

describe('documents', () => {
  it('of rlm, start, status and resume say how the loop stands', async () => {
    repo = await makeLoopRepo({ agent: ['echo "$n" > work'] });
    const document = documentIn(await repo.rlm([...LAST, '--format', 'json']));
    const { elapsedMs } = await repo.state();
    const { artifact_root } = await repo.manifest();
    expect(document['loop']).toEqual({
      status: 'max_iterations',
      exit_code: 3,
      reason: 'Goal not reached: 2 of 2 iterations used, the validator still fails (exit code 1).',
      iterations: 2,
      max_iterations: 2,
      phase: 'ended',
      tokens: 0,
      elapsed_ms: elapsedMs,
      state: `${artifact_root}/rlm/state.json`,
    });
    const status = documentIn(await repo.cli(['status', '--format', 'json']));
    expect(status['loop']).toEqual(document['loop']);
    const resumed = documentIn(await repo.cli(['resume', '--max-iterations', '3', '--format', 'json']));
    expect(resumed['loop']).toMatchObject({ status: 'max_iterations', iterations: 3, max_iterations: 3 });
    const started = documentIn(await repo.cli(['start', 'rlm', '--goal', ' ', '--format', 'json']));
    expect(started['loop']).toMatchObject({ status: 'invalid_config', exit_code: 5, iterations: 0 });
  });

  it('of a run without a loop have none', async () => {
    repo = await makeLoopRepo({ config: { pipelines: [{ id: 'diagnostics', stages: [STAGE] }] } });
    for (const command of ['start', 'status']) {
      expect(documentIn(await repo.cli([command, '--format', 'json']))).toMatchObject({ loop: null });
    }
  });
});

describe('the end of a loop that failed', () => {
  it('names what its validator printed last, and how it goes on with a larger budget', async () => {
    repo = await makeLoopRepo({ agent: ['echo "$n" > work'] });
    const { stdout } = await repo.rlm(LAST);
    const { run_id, artifact_root } = await repo.manifest();
    expect(stdout).toContain(`\n  Validator: ${artifact_root}/rlm/validator-2.log\n`);
    const more = `codex-orchestrator resume --run ${run_id} --max-iterations <more>\n`;
    expect(stdout.endsWith(`\n  Resume:    ${more}`)).toBe(true);
    const status = (await repo.cli(['status'])).stdout;
    expect(status).toContain(`\n  Output:     ${artifact_root}/rlm/validator-2.log\n`);
    expect(status.endsWith(`\nNext: ${more}`)).toBe(true);

    const again = (await repo.cli(['resume'])).stdout;
    expect(again).toMatch(/\n {2}Resumed after iteration 2 of 2, .* used before\n/);
    const less = (await repo.cli(['resume', '--max-iterations', '1'])).stdout;
    expect(less).toMatch(/\n {2}Resumed after iteration 2, .* used before\n/);
    expect(less).toContain('Goal not reached: 2 iterations used, 1 allowed, the validator still fails');
  });

  it('names what its agent printed when that failed', async () => {
    repo = await makeLoopRepo({ agent: ['echo "401 Unauthorized" >&2; exit 1'] });
    const { stdout } = await repo.rlm([]);
    const { artifact_root } = await repo.manifest();
    expect(stdout).toContain(`\n  Agent:    ${artifact_root}/rlm/agent-1.jsonl\n`);
    expect((await repo.cli(['status'])).stdout).toContain(
      `\n  Agent log:  ${artifact_root}/rlm/agent-1.jsonl\n`,
    );
  });

  it('is kept when the limit for going on is none', async () => {
    repo = await makeLoopRepo({ agent: ['echo "$n" > work'] });
    await repo.rlm(LAST);
    const before = await repo.loopFile('state.json');
    const { code, stderr } = await repo.cli(['resume', '--max-iterations', '3x']);
    expect(code).toBe(64);
    expect(stderr).toMatch(/^error: Invalid value "3x" for --max-iterations: /);
    expect(await repo.loopFile('state.json')).toBe(before);
    expect((await repo.manifest()).resume_events).toEqual([]);
  });
});

it('a loop that was cancelled says by whom and why, and is no failure', async () => {
  repo = await makeLoopRepo({ agent: [HANG] });
  const running = repo.startRlm();
  await repo.hanging('agent');
  const cancelled = await repo.cli(['cancel', '--reason', 'enough', '--format', 'json']);
  const { stdout } = await running.exited;
  const by = `by ${userInfo().username}: enough`;
  expect(stdout).toContain(', in iteration 1 of 88 (SIGTERM)\n');
  expect(stdout).toMatch(new RegExp(`\nRun cancelled after [^\n]+ ${by}\\.\n`));
  const manifest = await repo.manifest();
  expect(manifest.summary?.split('\n')[0]).toBe('Cancelled in iteration 1 of 88 (SIGTERM).');
  const document = documentIn(cancelled);
  const { started_at, completed_at } = manifest;
  expect(document['duration_ms']).toBe(Date.parse(completed_at ?? '') - Date.parse(started_at));
  expect(document['loop']).toMatchObject({ status: 'cancelled', exit_code: 143 });
  const status = (await repo.cli(['status'])).stdout;
  expect(status).toContain(`\n  Cancelled:  ${by}\n`);
  expect(status).toMatch(/\n {2}✗ rlm-runner {2}cancelled /);
});

it('cancel itself says by whom and why', async () => {
  repo = await makeLoopRepo({ agent: [HANG] });
  const running = repo.startRlm();
  await repo.hanging('agent');
  const { stdout } = await repo.cli(['cancel', '--reason', 'enough']);
  await running.exited;
  const { run_id } = await repo.manifest();
  expect(stdout).toContain(`\nRun ${run_id} ended cancelled by ${userInfo().username}: enough.\n`);
});

it('the end of a loop in a child run is said at the end of its parent', async () => {
  const fix = { kind: 'subpipeline', id: 'fix', pipeline: 'rlm' };
  repo = await makeLoopRepo({
    validator: ['exit 0'],
    config: { pipelines: [{ id: 'diagnostics', stages: [fix] }] },
  });
  const { code, stdout } = await repo.cli(['start', '--goal', 'reach the goal']);
  expect(code).toBe(0);
  expect(stdout).toContain('\nfix: Goal reached: the validator passed in iteration 1 of 88.\nRun succeeded');
});

it('an error that Codex gets over is said once', async () => {
  repo = await makeLoopRepo({ validator: ['exit 0'] });
  const event = (fields: object) => `echo '${JSON.stringify(fields)}'`;
  const error = event({ type: 'error', message: 'Reconnecting... waiting for network' });
  const script = ['#!/bin/sh', 'cat > /dev/null', error, error, event({ type: 'turn.completed', usage: {} })];
  const folder = path.join(path.dirname(repo.programs.agent), 'bin');
  await mkdir(folder);
  await writeFile(path.join(folder, 'codex'), script.join('\n'));
  await chmod(path.join(folder, 'codex'), 0o755);
  const env = { RLM_AGENT_COMMAND: '', PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const { code, stdout } = await repo.rlm(['--agent', 'codex'], { env });
  expect(code).toBe(0);
  expect(stdout.match(/^ {4}agent: Reconnecting\.\.\. waiting for network$/gm)).toHaveLength(1);
});

const STAGE = { kind: 'command', id: 'build', command: ':' };

/** The one JSON document that a command has printed. */
function documentIn({ stdout }: Pick<CliResult, 'stdout'>): Record<string, unknown> {
  return fieldsOf(JSON.parse(stdout));
}
