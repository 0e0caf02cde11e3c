import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultEnvironment, type Fault } from '../support/faults.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { countedStage, pipeline, timesRun } from '../support/stageConfig.ts';
import { assertIntact, runsInAggregates } from './evidence.ts';

type Place = Pick<Fault, 'trigger' | 'operation'> & { at: 'before' | 'after' | 'within' };

/**
 * Every moment at which what lies on disk changes its meaning: documents put in place, lines appended (or torn), locks
 * taken and given back. `least` guards against places where nothing is ever killed.
 */
const PLACES: (Place & { least: number })[] = [
  { trigger: '/', operation: 'rename', at: 'before', least: 8 },
  { trigger: '/', operation: 'rename', at: 'after', least: 8 },
  { trigger: '/', operation: 'link', at: 'before', least: 4 },
  { trigger: '/', operation: 'link', at: 'after', least: 4 },
  { trigger: '.lock', operation: 'unlink', at: 'before', least: 4 },
  { trigger: 'runner.ndjson', operation: 'write', at: 'before', least: 10 },
  { trigger: 'runner.ndjson', operation: 'write', at: 'within', least: 10 },
  { trigger: '/commands/', operation: 'write', at: 'before', least: 8 },
  { trigger: 'metrics.json', operation: 'write', at: 'before', least: 1 },
  { trigger: '.resume-token', operation: 'write', at: 'before', least: 1 },
];

/** `within` a write is after a first part of it. */
function killAt({ at, ...place }: Place, nth: number): Fault[] {
  if (at !== 'within') return [{ ...place, nth, kill: at }];
  return [
    { ...place, nth, bytes: 20 },
    { ...place, nth: nth + 1, kill: 'before' },
  ];
}

/** Kills a run at one moment and finishes it. Resolves with false when the run ended before that moment came. */
async function killAndFinish(place: Place, nth: number): Promise<boolean> {
  const repo = await makeRepo({ config: pipeline(countedStage('one'), countedStage('two')) });
  try {
    const killed = await runCli(['start'], { cwd: repo.root, env: faultEnvironment(...killAt(place, nth)) });
    await assertIntact(repo.runsRoot, repo.outRoot);
    if (killed.code === 0) return false;
    expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' });
    const [runId = ''] = await repo.runIds();
    const hasManifest = existsSync(repo.path('.runs', '0101', 'cli', runId, 'manifest.json'));
    const proven = hasManifest ? await provenStages(repo) : [];
    const again = hasManifest ? ['resume', '--run', runId] : ['start'];
    expect(await runCli(again, { cwd: repo.root })).toMatchObject({ code: 0, signal: null, stderr: '' });

    await assertIntact(repo.runsRoot, repo.outRoot);
    const finished = { status: 'succeeded', status_detail: null, metrics_recorded: true };
    expect(await repo.manifest()).toMatchObject(finished);
    expect((await repo.journal()).torn).toBe('');
    for (const id of proven) expect(await timesRun(repo, id)).toBe(1);
    await expectInAggregates(repo);
    return true;
  } finally {
    await repo.cleanup();
  }
}

async function provenStages(repo: SandboxRepo): Promise<string[]> {
  const { lines } = await repo.journal();
  const ends = lines.filter((line) => line['type'] === 'command:end' && line['status'] === 'succeeded');
  return ends.map((line) => String(line['stage_id']));
}

/** Killed between its line and the aggregates, a run is recorded already and comes into them with the next one. */
async function expectInAggregates(repo: SandboxRepo): Promise<void> {
  if ((await runsInAggregates(repo)) === 1) return;
  expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
  expect(await runsInAggregates(repo)).toBe(2);
}

describe('a run killed with SIGKILL', () => {
  it.each(PLACES)(
    '$at every $operation of $trigger can be finished and repeats no proven stage',
    { timeout: 60_000 },
    async ({ least, ...place }) => {
      let kills = 0;
      // Two at a time, until a run gets through.
      for (let nth = 1, goesOn = true; goesOn; nth += 2) {
        const outcomes = await Promise.all([killAndFinish(place, nth), killAndFinish(place, nth + 1)]);
        kills += outcomes.filter(Boolean).length;
        goesOn = outcomes.every(Boolean);
      }
      expect(kills).toBeGreaterThanOrEqual(least);
    },
  );

  it('within its line of metrics.json loses that line alone, which stays where it is', async () => {
    const repo = await makeRepo({ config: pipeline(countedStage('one')) });
    try {
      expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
      const earlier = await repo.read('.runs/0101/metrics.json');
      const env = faultEnvironment(
        ...killAt({ trigger: 'metrics.json', operation: 'write', at: 'within' }, 1),
      );
      expect(await runCli(['start'], { cwd: repo.root, env })).toMatchObject({ signal: 'SIGKILL' });
      const torn = await repo.read('.runs/0101/metrics.json');
      expect(torn).toMatch(/\n\{"run_id":"[^"]*$/);
      expect(torn.startsWith(earlier)).toBe(true);

      expect(await runCli(['resume'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
      const [runId] = await repo.runIds();
      const metrics = await repo.read('.runs/0101/metrics.json');
      // Other tools append to this file too, so nothing in it is cut off.
      expect(metrics.startsWith(`${torn}\n{"run_id":"${runId}"`)).toBe(true);
      expect(await runsInAggregates(repo)).toBe(2);
    } finally {
      await repo.cleanup();
    }
  });

  it('while it is resumed can be resumed again', { timeout: 60_000 }, async () => {
    const repo = await makeRepo({ config: pipeline(countedStage('one'), countedStage('two')) });
    try {
      const begin = faultEnvironment({ trigger: '02-two.ndjson', operation: 'write', kill: 'before' });
      expect(await runCli(['start'], { cwd: repo.root, env: begin })).toMatchObject({ signal: 'SIGKILL' });
      const places: Fault[] = [
        { trigger: 'runner.ndjson', operation: 'write', kill: 'before' },
        { trigger: 'manifest.json', operation: 'rename', kill: 'before' },
        { trigger: 'runner.ndjson', operation: 'write', nth: 3, kill: 'after' },
        { trigger: 'run-summary.json', operation: 'rename', kill: 'before' },
        { trigger: 'metrics.json', operation: 'write', kill: 'after' },
      ];
      for (const place of places) {
        const killed = await runCli(['resume'], { cwd: repo.root, env: faultEnvironment(place) });
        expect(killed).toMatchObject({ signal: 'SIGKILL' });
        await assertIntact(repo.runsRoot, repo.outRoot);
      }
      expect(await runCli(['resume'], { cwd: repo.root })).toMatchObject({ code: 0, stderr: '' });
      expect(await repo.runIds()).toHaveLength(1);
      const manifest = await repo.manifest();
      expect(manifest).toMatchObject({ status: 'succeeded', metrics_recorded: true });
      // A resume that was killed before its first line never was one.
      expect(manifest.resume_events).toHaveLength(places.length);
      expect(await timesRun(repo, 'one')).toBe(1);
      expect(await runsInAggregates(repo)).toBe(1);
    } finally {
      await repo.cleanup();
    }
  });
});
