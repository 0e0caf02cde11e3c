import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RLM_PIPELINE } from '../../src/config/shippedPipelines.ts';
import type { Builtin } from '../../src/pipeline/builtin.ts';
import { createCancellation } from '../../src/pipeline/cancellation.ts';
import { createSlots } from '../../src/pipeline/graph/slots.ts';
import { planPipeline } from '../../src/pipeline/plan.ts';
import { startPipeline } from '../../src/pipeline/runPipeline.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';

let repo: SandboxRepo;
beforeEach(async () => {
  repo = await makeRepo();
});
afterEach(() => repo.cleanup());

const TOOLS = {
  tool_calls: 2,
  token_total: 30,
  cost_usd: 0,
  latency_ms: 5,
  per_tool: [],
};

/** Runs the shipped pipeline with another function in the place of its loop. */
async function runWith(rlm: Builtin) {
  const cancellation = createCancellation();
  const result = await startPipeline(
    {
      config: { defaultPipeline: null, pipelines: [RLM_PIPELINE], rlm: null },
      processEnv: {},
      startDirectory: repo.root,
      packageRoot: repo.root,
      graceMs: 1_000,
      cancellation,
      slots: createSlots(1),
      onFailure: 'finish',
      cache: null,
      listener: () => undefined,
      record: async (_env, _paths, _manifest, persister) => {
        await persister.persist(_manifest);
        return { warnings: [] };
      },
      drain: () => Promise.resolve({ warnings: [] }),
      builtins: {
        rlm: (request) => {
          request.output.write('stdout', Buffer.from('working\n'));
          cancellation.cancel('SIGTERM');
          return rlm(request);
        },
      },
    },
    {
      env: { repoRoot: repo.root, runsRoot: repo.runsRoot, outRoot: repo.outRoot, taskId: 'loop' },
      plan: planPipeline(RLM_PIPELINE, null),
      overrides: {},
      parentRunId: null,
      approvalPolicy: null,
      depth: 0,
    },
  );
  return { result, manifest: await repo.manifest({ taskId: 'loop' }) };
}

describe('a stage in this process that is asked to stop', () => {
  it('too late has the end that it came to by itself', async () => {
    const { result, manifest } = await runWith(() =>
      Promise.resolve({ exitCode: 0, wasCancelled: false, summary: 'Done.', toolMetrics: TOOLS }),
    );
    expect(result).toMatchObject({ status: 'succeeded', cause: null });
    expect(manifest).toMatchObject({
      status: 'succeeded',
      commands: [{ status: 'succeeded', exit_code: 0, summary: 'Done.' }],
      tfgrpo: { tool_metrics: TOOLS },
    });
    expect(manifest.summary?.split('\n')).toEqual([
      'Stage "RLM loop": Done.',
      `Evidence of stage "RLM loop": .runs/loop/cli/${manifest.run_id}/rlm/state.json`,
      'Guardrails: none found.',
    ]);
  });

  it('too late, and failed, ends the run with its exit code', async () => {
    const { result } = await runWith(() =>
      Promise.resolve({ exitCode: 3, wasCancelled: false, summary: 'Not done.', toolMetrics: null }),
    );
    expect(result).toMatchObject({ status: 'failed', exitCode: 3 });
  });

  it('in time is cancelled', async () => {
    const { result } = await runWith(() =>
      Promise.resolve({ exitCode: 143, wasCancelled: true, summary: 'Cancelled.', toolMetrics: null }),
    );
    expect(result).toMatchObject({ status: 'cancelled', cause: 'SIGTERM' });
  });

  it('has its log and its journal like any other', async () => {
    await runWith((request) => {
      const identity = { host: 'here', boot_id: null, pid: 7, process_start: null };
      request.recordProcess('agent 1', identity)();
      return Promise.resolve({ exitCode: 0, wasCancelled: false, summary: 'Done.', toolMetrics: null });
    });
    const { lines } = await repo.journal({ taskId: 'loop' });
    expect(lines.map(({ type }) => type)).toEqual([
      'run:begin',
      'command:start',
      'exec:begin',
      'process:begin',
      'process:end',
      'exec:end',
      'command:end',
      'run:end',
    ]);
    const log = await repo.stageLog('01-rlm-runner', { taskId: 'loop' });
    expect(log.lines.find(({ type }) => type === 'exec:chunk')).toMatchObject({ data: 'working\n' });
  });
});
