import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { GIT_ENVIRONMENT } from '../../support/gitRepo.ts';
import { contender, interleave } from '../../support/interleave.ts';
import { FILE_TO_CHANGE, loopRepo, type LoopRepoKind } from '../../support/loopRepo.ts';
import { outcome, runProcess, timeProcess } from '../../support/processTiming.ts';

/** Changes a file each time: a loop in which nothing moves would be ended. */
const AGENT = `echo changed >> ${FILE_TO_CHANGE}`;
const VALIDATOR = 'false';
/** Exit code of a loop whose validator fails to the last. */
const EXIT_MAX_ITERATIONS = 3;

interface Loop {
  ms: number;
  /** Agent and validator in all iterations, as the loop recorded it. */
  ownMs: number;
}

/**
 * One iteration of a loop whose agent and validator return at once. Start and end of the loop cancel out: whole runs
 * of n and of 2n iterations are timed, the difference is divided by n. What agent and validator take themselves is
 * measured by starting the same shell commands n times from here, with pipes and in a process group of their own as
 * the loop does; the rest of the iteration is the loop's. What the loop says they took is shown beside it.
 */
export async function measureIterations(
  context: SuiteContext,
  { kind, iterations: n = 20 }: { kind: LoopRepoKind; iterations?: number },
): Promise<Row[]> {
  const short = contender('n iterations', () => runLoop(context, kind, n));
  const long = contender('2n iterations', () => runLoop(context, kind, 2 * n));
  const bare = contender('agent and validator alone', () => spawnBare(context, n));
  await interleave([short, bare, long], context.runs);
  const perIteration = (pick: (loop: Loop) => number): number[] =>
    differences(long.results.map(pick), short.results.map(pick)).map((ms) => ms / n);
  const whole = perIteration(({ ms }) => ms);
  const row = (work: string, samples: number[], goal?: Row['goal']): Row => ({
    work: `${kind}: ${work}`,
    unit: 'ms',
    samples,
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    row('one iteration', whole),
    row('agent and validator of it, started bare', bare.results),
    row(
      'agent and validator of it, as state.json tells',
      perIteration(({ ownMs }) => ownMs),
    ),
    row('the loop itself, beyond those started bare', differences(whole, bare.results), {
      of: 'median',
      is: 'below',
      limit: 60,
    }),
  ];
}

/** `values[i] - subtrahends[i]`, of values measured in the same round. */
export function differences(values: readonly number[], subtrahends: readonly number[]): number[] {
  return values.map((value, at) => value - (subtrahends[at] ?? Number.NaN));
}

/** @throws Error when it did not make exactly so many iterations. */
async function runLoop(context: SuiteContext, kind: LoopRepoKind, maxIterations: number): Promise<Loop> {
  const repo = await loopRepo(context, kind);
  const args = repo.rlmArgs({ agent: { command: AGENT }, validator: VALIDATOR, maxIterations });
  const { signal } = context;
  const result = await runProcess({
    file: process.execPath,
    args,
    cwd: repo.root,
    env: GIT_ENVIRONMENT,
    signal,
  });
  if (result.code !== EXIT_MAX_ITERATIONS) throw new Error(`rlm ${outcome(result)}`);
  const { iterations, status, ownMs } = await repo.record();
  if (iterations !== maxIterations) {
    throw new Error(`The loop should have made ${maxIterations} iterations: ${iterations}, ${status}.`);
  }
  await repo.remove();
  return { ms: result.ms, ownMs };
}

/** Resolves with the mean time in ms that one agent and one validator take together. */
async function spawnBare(context: SuiteContext, times: number): Promise<number> {
  const repo = await loopRepo(context, 'folder');
  const shell = (command: string) => ({
    file: '/bin/sh',
    args: ['-c', command],
    cwd: repo.root,
    signal: context.signal,
  });
  let ms = 0;
  for (let time = 0; time < times; time += 1) {
    ms += await timeProcess(shell(AGENT));
    ms += (await runProcess(shell(VALIDATOR))).ms;
  }
  await repo.remove();
  return ms / times;
}
