import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultEnvironment, type Fault } from '../support/faults.ts';
import { assertIntact } from './evidence.ts';
import { expectFinished, makeCountedLoop, progressOf, type CountedLoop } from './killedLoop.ts';

type Place = Pick<Fault, 'trigger' | 'operation'> & { at: 'before' | 'after' | 'within' };

/** A kind of loop, in words, with its flags. */
interface Kind {
  kind?: string;
  flags?: string[];
  git?: boolean;
}

const TRIAD = { kind: 'triad', flags: ['--roles', 'triad'] };
const UNPROVEN = { kind: 'without a validator', flags: ['--validator', 'none', '--max-iterations', '2'] };
const FOLDER = { kind: 'outside git', git: false };

/** Every moment at which the evidence of a loop changes; `least` guards against places where nothing is killed. */
const PLACES: (Place & Kind & { least: number })[] = [
  { trigger: '/rlm/state.json', operation: 'rename', at: 'before', least: 7 },
  { trigger: '/rlm/state.json', operation: 'rename', at: 'after', least: 7 },
  { trigger: '/rlm/agent-', operation: 'write', at: 'before', least: 4 },
  { trigger: '/rlm/agent-', operation: 'write', at: 'within', least: 4 },
  { trigger: '/rlm/validator-', operation: 'write', at: 'before', least: 4 },
  { trigger: '/rlm/prompt-', operation: 'rename', at: 'before', least: 2 },
  { trigger: '/rlm/index-', operation: 'rename', at: 'before', least: 1 },
  { trigger: '/runner.ndjson', operation: 'write', at: 'before', least: 14 },
  { trigger: '/rlm/state.json', operation: 'rename', at: 'before', least: 11, ...TRIAD },
  { trigger: '/rlm/state.json', operation: 'rename', at: 'before', least: 5, ...UNPROVEN },
  { trigger: '/rlm/', operation: 'rename', at: 'before', least: 12, ...FOLDER },
];

/** `within` a write is after a first part of it. */
function killAt({ at, trigger, operation }: Place, nth: number): Fault[] {
  const place = { trigger, ...(operation !== undefined && { operation }) };
  if (at !== 'within') return [{ ...place, nth, kill: at }];
  return [
    { ...place, nth, bytes: 20 },
    { ...place, nth: nth + 1, kill: 'before' },
  ];
}

/** Kills a loop at one moment and finishes it. Resolves with false when the loop ended before that moment came. */
async function killAndFinish(
  { flags = [], git = true, ...place }: Place & Kind,
  nth: number,
): Promise<boolean> {
  const repo = await makeCountedLoop({ git });
  try {
    const killed = await repo.begin(flags, { env: faultEnvironment(...killAt(place, nth)) });
    await assertIntact(repo.runsRoot, repo.outRoot);
    expect([0, 'SIGKILL']).toContain(killed.signal ?? killed.code);
    await finish(repo);
    return killed.code !== 0;
  } finally {
    await repo.cleanup();
  }
}

async function finish(repo: CountedLoop): Promise<void> {
  const [runId = ''] = await repo.runIds();
  const hasManifest = existsSync(repo.path('.runs', '0101', 'cli', runId, 'manifest.json'));
  if (!hasManifest || !(await repo.hasState())) {
    // Killed before anything was begun that could be gone on with.
    expect(await repo.list('agent')).toEqual([]);
    if (hasManifest) {
      const { code, stdout } = await repo.resume(['--run', runId]);
      expect(code).toBe(5);
      expect(stdout).toContain('Not started: Missing --goal: ');
    }
    return;
  }
  const seen = await progressOf(repo);
  expect(await repo.resume(['--run', runId])).toMatchObject({ code: 0, signal: null, stderr: '' });
  await expectFinished(repo, seen);
}

describe('a loop whose owner is killed with SIGKILL', () => {
  it.each(PLACES.map((place) => ({ kind: 'single', ...place })))(
    '$at every $operation of $trigger ($kind) loses no iteration and repeats none',
    { timeout: 90_000 },
    async ({ least, kind: _kind, ...place }) => {
      let kills = 0;
      // Three at a time, until a loop gets through.
      for (let nth = 1, goesOn = true; goesOn; nth += 3) {
        const outcomes = await Promise.all([0, 1, 2].map((more) => killAndFinish(place, nth + more)));
        kills += outcomes.filter(Boolean).length;
        goesOn = outcomes.every(Boolean);
      }
      expect(kills).toBeGreaterThanOrEqual(least);
    },
  );
});
