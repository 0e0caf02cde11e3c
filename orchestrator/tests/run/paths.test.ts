import { describe, expect, it } from 'vitest';
import { artifactPath, evidencePlaces, runPaths, taskPaths } from '../../src/run/paths.ts';

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

describe('evidencePlaces', () => {
  it('are what is written, not all that lies beside it', () => {
    expect(evidencePlaces(env)).toEqual(['/repo/.runs', '/repo/out/0001', '/repo/out/0001']);
    const elsewhere = { ...env, runsRoot: '/shared/runs', outRoot: '/shared/out' };
    expect(evidencePlaces(elsewhere)).toEqual(['/shared/runs', '/shared/out/0001', '/repo/out/0001']);
  });

  it.each(['/repo', '/', '/repo/..'])('are single folders when the runs root is %s', (runsRoot) => {
    const places = evidencePlaces({ ...env, runsRoot });
    const root = runsRoot === '/repo' ? '/repo' : '';
    expect(places.slice(0, -2)).toEqual([`${root}/0001`, `${root}/local-mcp`, `${root}/0001.lock`]);
  });

  it('hold a runs root whose name begins with dots', () => {
    expect(evidencePlaces({ ...env, runsRoot: '/repo/..runs' })[0]).toBe('/repo/..runs');
  });
});
