import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { contender, interleave, timeRow } from '../../support/interleave.ts';
import type { Peers } from '../../support/peers.ts';
import { cachedTasks, taskRepo, type InputFiles, type TaskRepo } from '../../support/taskRepo.ts';
import { orchestrator } from '../../support/taskRunners/orchestrator.ts';
import { turbo } from '../../support/taskRunners/turbo.ts';
import { wireit } from '../../support/taskRunners/wireit.ts';

export interface CachedWork extends InputFiles {
  /** What it is called in the table. */
  name: string;
  stages: number;
}

/**
 * Runs in which nothing has changed since the one before and all results are there: ours, and those of other runners
 * that have the same commands and the same files, each in a repository of its own with a cache of its own. Every
 * round is checked to run no command at all.
 *
 * turbo is called in two ways: its own program directly, and the script that npm puts in place, which starts it.
 */
export async function measureCachedStages(
  context: SuiteContext,
  peers: Peers,
  { name, stages, ...inputs }: CachedWork,
): Promise<Row[]> {
  const tasks = cachedTasks(stages);
  const repos: TaskRepo[] = [];
  for (const runner of [
    turbo('turbo', peers.turbo),
    turbo('turbo by its npm script', peers.turboScript),
    wireit(peers.wireit),
    orchestrator(context.programs),
  ]) {
    const repo = await taskRepo(context, runner, tasks, { inputs, peers });
    await repo.run({ spared: 0 });
    repos.push(repo);
  }
  const timed = repos.map((repo) => contender(repo.runner.name, () => repo.run({ spared: stages })));
  await interleave(timed, context.runs);
  for (const repo of repos) await repo.remove();
  const ours = timed.at(-1);
  const others = timed.slice(0, -1);
  const row = (...args: Parameters<typeof timeRow>): Row => {
    const measured = timeRow(...args);
    return { ...measured, work: `${name}: ${measured.work}` };
  };
  return [
    ...others.map((other) => row(other)),
    ...(ours === undefined
      ? []
      : others.map((reference) => row(ours, { reference, goal: { of: 'ratio', is: 'below', limit: 1 } }))),
  ];
}
