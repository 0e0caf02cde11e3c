import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { contender, interleave, timeRow, type Contender } from '../../support/interleave.ts';
import type { Peers } from '../../support/peers.ts';
import { probeNode } from '../../support/processProbe.ts';
import { timeProcess } from '../../support/processTiming.ts';
import { scratchRepo, type ScratchRepo } from '../../support/scratchRepo.ts';
import { taskRepo } from '../../support/taskRepo.ts';
import { runS } from '../../support/taskRunners/runS.ts';
import { turbo } from '../../support/taskRunners/turbo.ts';

const STAGES = 10;
const TRIVIAL = 'true';
const SHELL_LOOP = `for i in 1 2 3 4 5 6 7 8 9 10; do sh -c ${TRIVIAL}; done`;

/** `--version`, and stages that do nothing and are not cached, against bare Node, the bare commands, and other runners. */
export async function measureTrivialStages(context: SuiteContext, peers: Peers): Promise<Row[]> {
  const { programs, folder: cwd, signal } = context;
  const repo = await scratchRepo(
    context,
    Array.from({ length: STAGES }, () => TRIVIAL),
  );
  const timed = (name: string, file: string, args: string[], at = cwd) =>
    contender(name, () => timeProcess({ file, args, cwd: at, signal }));

  const node = timed('node -e 0', process.execPath, ['-e', '0']);
  const loop = timed('shell loop of the same commands', 'sh', ['-c', SHELL_LOOP]);
  const version = timed('--version', process.execPath, [programs.cli, '--version']);
  const start = timed(`start, ${STAGES} trivial stages`, process.execPath, repo.startArgs, repo.root);
  const others = await otherRunners(context, peers);
  await interleave([node, loop, version, start, ...others], context.runs);
  const budget = budgetOf(node, loop);
  return [
    timeRow(node),
    timeRow(loop),
    timeRow(version, { reference: node, goal: { of: 'ratio', is: 'at most', limit: 1.1 } }),
    ...others.map((other) => timeRow(other)),
    timeRow(start, { reference: budget, goal: { of: 'ratio', is: 'at most', limit: 1 } }),
    await manifestReplaces(context, repo),
  ];
}

/** What `start` may take, in every round. */
function budgetOf(node: Contender<number>, loop: Contender<number>): Contender<number> {
  return {
    ...node,
    name: `(3 x ${node.name} + shell loop)`,
    results: node.results.map((ms, round) => 3 * ms + (loop.results[round] ?? Number.NaN)),
  };
}

/** The same stages as scripts of a package.json, with no cache. */
async function otherRunners(context: SuiteContext, peers: Peers): Promise<Contender<number>[]> {
  const tasks = Array.from({ length: STAGES }, (_, at) => ({ id: `stage-${at + 1}`, command: TRIVIAL }));
  const repos = await Promise.all(
    [turbo('turbo', peers.turbo), runS(peers.runS)].map((runner) =>
      taskRepo(context, runner, tasks, { peers }),
    ),
  );
  return repos.map((repo) =>
    contender(`${repo.runner.name}, ${STAGES} trivial scripts`, () => repo.run({ spared: 0 })),
  );
}

/** Counted in a run of its own, so that the probe is in none of the times. */
async function manifestReplaces(context: SuiteContext, repo: ScratchRepo): Promise<Row> {
  const { signal } = context;
  const { renames } = await probeNode({ args: repo.startArgs, cwd: repo.root, signal }, context);
  const counts = Object.entries(renames).filter(([target]) => isManifest(target, repo));
  const [count, ...others] = counts.map(([, times]) => times);
  if (count === undefined || others.length > 0) {
    throw new Error(`A run should have replaced one manifest, but the probe saw ${counts.length}.`);
  }
  return {
    work: `manifest.json replaces of a run of ${STAGES} stages`,
    unit: 'count',
    samples: [count],
    goal: { of: 'max', is: 'at most', limit: 6 },
  };
}

/** The run's manifest, not the legacy pointer of the same name. */
function isManifest(target: string, { paths }: ScratchRepo): boolean {
  return target.startsWith(paths.runsDir) && target.endsWith('manifest.json');
}
