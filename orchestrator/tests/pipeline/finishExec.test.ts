import { afterEach, describe, expect, it } from 'vitest';
import { faultEnvironment } from '../support/faults.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';

let repo: SandboxRepo;

afterEach(() => repo.cleanup());

describe('finishExec', () => {
  it('completes the evidence when the journal cannot be made durable, and then says so', async () => {
    repo = await makeRepo();
    const fault = faultEnvironment({ trigger: 'runner.ndjson', operation: 'fsync', errno: 'EIO' });
    const result = await runCli(['exec', '--', 'true'], { cwd: repo.root, env: fault });
    expect(result.code).toBe(73);
    expect(result.stderr).toContain('runner.ndjson');
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
  });
});
