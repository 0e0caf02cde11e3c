import path from 'node:path';
import { aggregateFiles } from '../../../src/cli/metrics/aggregates/aggregateDocuments.ts';
import { readJsonLines } from '../../../src/storage/readJsonLines.ts';
import type { Goal, Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import {
  countedRuns,
  documentsIn,
  metricsRunIds,
  type RunManifest,
  runManifests,
  tornDocuments,
} from '../../support/evidence.ts';
import { type ProcessRequest, runProcess, timeProcess } from '../../support/processTiming.ts';
import { sandboxTask } from '../../support/sandboxTask.ts';
import { type ScratchRepo, scratchRepo, TASK } from '../../support/scratchRepo.ts';
import { median } from '../../support/stats.ts';

const KILLS = 300;
/** Whole runs that tell how long one lives. */
const WHOLE_RUNS = 5;
/** What is recorded is recorded in the last part of a run's life: every other kill falls into it. */
const LAST_PART = 0.3;
const LATEST = 1.05;

const NONE: Goal = { of: 'max', is: 'at most', limit: 0 };

/**
 * Runs of one task, each killed at a random moment of the time that a whole one takes, start-up included. Documents are
 * looked at after every kill, all of them in the end; then one run is left in peace, and `metrics repair` is run.
 */
export async function measureKills(
  context: SuiteContext,
  { kills = KILLS, wholeRuns = WHOLE_RUNS }: { kills?: number; wholeRuns?: number } = {},
): Promise<Row[]> {
  const repo = await scratchRepo(context, ['true']);
  const run: ProcessRequest = {
    file: process.execPath,
    args: repo.startArgs,
    cwd: repo.root,
    signal: context.signal,
  };
  const lives: number[] = [];
  for (let whole = 0; whole < wholeRuns; whole += 1) lives.push(await timeProcess(run));
  const { killed, torn } = await killAll(repo, run, kills, median(lives));

  const acknowledged = (await runManifests(repo.paths)).filter(
    ({ metrics_recorded: isFlagged }) => isFlagged,
  );
  const lost = without(acknowledged, await recordedIds(repo));

  await timeProcess(run);
  const recorded = await recordedIds(repo);
  const { pending } = await metricsRunIds(repo.paths);
  const counted = await countedRuns(repo.paths);

  await timeProcess({ ...run, args: [context.programs.cli, 'metrics', 'repair', '--task', TASK] });
  const ended = (await runManifests(repo.paths)).filter(({ status }) => ENDED.includes(status));
  const unrecorded = without(ended, await recordedIds(repo));
  await repo.remove();

  const row = (work: string, count: number, goal?: Goal): Row => ({
    work: `kill -9 over ${kills} runs: ${work}`,
    unit: 'count',
    samples: [count],
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    row('killed before their end', killed),
    row('acknowledged, killed afterwards or not', acknowledged.length - wholeRuns),
    row('documents torn', torn, NONE),
    row('acknowledged entries lost', lost.length, NONE),
    row(
      'entries not counted after the next run',
      Math.max(0, recorded.size - counted) + pending.length,
      NONE,
    ),
    row('runs counted twice', Math.max(0, counted - recorded.size), NONE),
    row('ended runs without an entry after repair', unrecorded.length, NONE),
  ];
}

/** Resolves with how many were alive when the kill came, and how many documents were found torn. */
async function killAll(
  repo: ScratchRepo,
  run: ProcessRequest,
  kills: number,
  lifeMs: number,
): Promise<{ killed: number; torn: number }> {
  const shared = [...Object.values(aggregateFiles(sandboxTask(repo.root))), repo.paths.runsIndexPath];
  let killed = 0;
  let torn = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const { signal } = await runProcess({ ...run, killAfterMs: shareOfLife(kill) * lifeMs });
    if (signal === 'SIGKILL') killed += 1;
    torn += (await tornDocuments(shared)).length;
  }
  torn += (await tornDocuments(await allDocuments(repo))).length;
  return { killed, torn: torn + (await damagedLines(repo.paths.metricsPath)) };
}

/** When to kill, as a share of a whole run's time; some have ended by then. */
function shareOfLife(kill: number): number {
  const part = kill % 2 === 0 ? 1 : LAST_PART;
  return LATEST - Math.random() * part;
}

const ENDED = ['succeeded', 'failed', 'cancelled'];

function without(manifests: readonly RunManifest[], recorded: ReadonlySet<string>): RunManifest[] {
  return manifests.filter(({ run_id: runId }) => !recorded.has(runId));
}

async function recordedIds({ paths }: ScratchRepo): Promise<Set<string>> {
  return new Set((await metricsRunIds(paths)).recorded);
}

async function allDocuments({ root }: ScratchRepo): Promise<string[]> {
  return [...(await documentsIn(path.join(root, '.runs'))), ...(await documentsIn(path.join(root, 'out')))];
}

async function damagedLines(file: string): Promise<number> {
  let damaged = 0;
  for await (const line of readJsonLines(file)) if (line.kind === 'damaged') damaged += 1;
  return damaged;
}
