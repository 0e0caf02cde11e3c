import { describe, expect, it } from 'vitest';
import { artifactPath, runPaths, taskPaths } from '../../src/run/paths.ts';

const env = { repoRoot: '/repo', runsRoot: '/repo/.runs', outRoot: '/repo/out', taskId: '0001' };

describe('runPaths', () => {
  it('puts a run where other tools look for it', () => {
    const paths = runPaths(env, 'run-safe');
    expect(paths.runDir).toBe('/repo/.runs/0001/cli/run-safe');
    expect(paths.compatDir).toBe('/repo/.runs/0001/mcp/run-safe');
    expect(paths.localCompatDir).toBe('/repo/.runs/local-mcp/run-safe');
    expect(paths.legacySummaryPath).toBe('/repo/.runs/0001/run-safe/manifest.json');
    expect(artifactPath(env, paths.runDir)).toBe('.runs/0001/cli/run-safe');
  });
});

describe('taskPaths', () => {
  it('keeps the drift report in the repository whatever the out root', () => {
    const paths = taskPaths({ ...env, outRoot: '/elsewhere' });
    expect(paths.driftPath).toBe('/repo/out/0001/control-plane/drift.json');
    expect(paths.runsIndexPath).toBe('/elsewhere/0001/runs.json');
    expect(paths.stateLockPath).toBe('/repo/.runs/0001.lock');
  });
});

describe('artifactPath', () => {
  it('climbs out of the repository where it must', () => {
    expect(artifactPath(env, '/shared/runs/0001')).toBe('../shared/runs/0001');
  });
});
