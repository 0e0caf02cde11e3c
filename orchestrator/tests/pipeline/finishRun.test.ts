import { afterEach, describe, expect, it } from 'vitest';
import { faultEnvironment } from '../support/faults.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline } from '../support/stageConfig.ts';

let repo: SandboxRepo;

afterEach(() => repo.cleanup());

describe('finishRun', () => {
  it('does not leave a success behind whose end the journal refused', async () => {
    repo = await makeRepo({ config: pipeline(command('work', 'true')) });
    // run:begin, command:start, exec:begin, exec:end, command:end, run:end
    const fault = faultEnvironment({
      trigger: 'runner.ndjson',
      operation: 'write',
      nth: 6,
      errno: 'ENOSPC',
    });
    expect((await runCli(['start'], { cwd: repo.root, env: fault })).code).toBe(73);
    const manifest = await repo.manifest();
    expect(manifest).toMatchObject({ status: 'failed', status_detail: 'pipeline-failed' });
    expect(manifest.completed_at).not.toBeNull();
    expect(manifest.scheduler?.assignments).toMatchObject([
      { status: 'failed', attempts: [{ status: 'failed' }] },
    ]);

    expect((await runCli(['resume'], { cwd: repo.root })).code).toBe(0);
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
  });

  it('brings in what others have queued even when its own end fails', async () => {
    repo = await makeRepo({ config: pipeline(command('work', 'true')) });
    const entry = { run_id: 'other', status: 'succeeded', recorded_at: '2026-01-01T00:00:00Z' };
    await repo.write('.runs/0101/metrics.pending/other.jsonl', `${JSON.stringify(entry)}\n`);
    const fault = faultEnvironment({ trigger: '/metrics.json', operation: 'write', errno: 'EIO' });
    expect((await runCli(['start'], { cwd: repo.root, env: fault })).code).toBe(73);
    expect(await repo.read('.runs/0101/metrics.json')).toBe(`${JSON.stringify(entry)}\n`);
  });
});
