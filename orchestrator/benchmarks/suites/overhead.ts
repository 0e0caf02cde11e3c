import { contender, interleave, timeRow } from '../support/interleave.ts';
import { probeNode } from '../support/processProbe.ts';
import { timeProcess } from '../support/processTiming.ts';
import { scratchRepo } from '../support/scratchRepo.ts';
import type { ScratchRepo } from '../support/scratchRepo.ts';
import type { Row } from '../report/row.ts';
import type { Suite, SuiteContext } from '../suite.ts';

const STAGES = 10;
const SHELL_LOOP = 'for i in 1 2 3 4 5 6 7 8 9 10; do sh -c true; done';

/** What the orchestrator itself costs, seen from outside: stages that do nothing, whole processes. */
export const overhead: Suite = {
  name: 'overhead',
  title: `${STAGES} trivial stages and --version, whole processes`,
  runs: 20,
  async measure(context) {
    const { programs, folder: cwd, signal } = context;
    const repo = await scratchRepo(
      context,
      Array.from({ length: STAGES }, () => 'true'),
    );
    const timed = (name: string, file: string, args: string[], at = cwd) =>
      contender(name, () => timeProcess({ file, args, cwd: at, signal }));

    const node = timed('node -e 0', process.execPath, ['-e', '0']);
    const loop = timed('shell loop of the same commands', 'sh', ['-c', SHELL_LOOP]);
    const version = timed('--version', process.execPath, [programs.cli, '--version']);
    const start = timed(`start, ${STAGES} trivial stages`, process.execPath, repo.startArgs, repo.root);
    await interleave([node, loop, version, start], context.runs);
    return [
      timeRow(node),
      timeRow(loop),
      timeRow(version, { reference: node }),
      timeRow(start, { reference: node, goal: { of: 'ratio', is: 'below', limit: 6 } }),
      await manifestReplaces(context, repo),
    ];
  },
};

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
