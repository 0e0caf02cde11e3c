import type { Goal, Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { contender, interleave, timeRow } from '../../support/interleave.ts';
import { timeProcess } from '../../support/processTiming.ts';
import { scratchRepo, type ScratchContext, type ScratchStage } from '../../support/scratchRepo.ts';

/** How long one stage sleeps. */
const STAGE_MS = 10;
const COMMAND = `sleep ${STAGE_MS / 1000}`;
const WITHIN: Goal = { of: 'ratio', is: 'at most', limit: 1.25 };

/** The first stage, as many as `$1` of which `$2` run at a time, the last one: nothing but the commands. */
const BARE = `sh -c '${COMMAND}' && seq "$1" | xargs -n 1 -P "$2" sh -c '${COMMAND}' && sh -c '${COMMAND}'`;

export interface Diamond {
  /** One at the begin, one at the end that needs all others, the rest between these two. */
  stages: number;
  concurrency: number;
}

/**
 * A graph of short stages against two ideals: the same commands, so many at a time, started by xargs in the same
 * rounds; and what arithmetic says when starting a process costs nothing. The goal speaks of the first, since it
 * is what the commands take on this machine.
 */
export async function measureDiamond(
  context: ScratchContext & Pick<SuiteContext, 'runs' | 'signal'>,
  { stages, concurrency }: Diamond,
): Promise<Row[]> {
  const { folder: cwd, signal } = context;
  const repo = await scratchRepo(context, diamond(stages));
  const what = `diamond of ${stages} stages of ${STAGE_MS} ms, ${concurrency} at a time`;
  const bare = contender(`${what}: bare`, () =>
    timeProcess({
      file: 'sh',
      args: ['-c', BARE, 'sh', String(stages - 2), String(concurrency)],
      cwd,
      signal,
    }),
  );
  const start = contender(`${what}: start`, () =>
    timeProcess({
      file: process.execPath,
      args: [...repo.startArgs, '--concurrency', String(concurrency)],
      cwd: repo.root,
      signal,
    }),
  );
  await interleave([bare, start], context.runs);
  await repo.remove();
  const ideal = {
    ...bare,
    name: 'arithmetic',
    results: start.results.map(() => idealMs({ stages, concurrency })),
  };
  return [
    timeRow(bare, { reference: ideal }),
    timeRow(start, { reference: { ...bare, name: 'bare' }, goal: WITHIN }),
    timeRow(start, { reference: ideal }),
  ];
}

/** Stages between a first and a last one. Pure. */
export function diamond(count: number): ScratchStage[] {
  const middle = Array.from({ length: count - 2 }, (_, at) => `middle-${at + 1}`);
  return [
    { id: 'first', command: COMMAND, needs: [] },
    ...middle.map((id) => ({ id, command: COMMAND, needs: ['first'] })),
    { id: 'last', command: COMMAND, needs: middle },
  ];
}

/** The shortest time such a graph can take, in ms. Pure. */
export function idealMs({ stages, concurrency }: Diamond): number {
  return STAGE_MS * (2 + Math.ceil((stages - 2) / concurrency));
}
