import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Row } from '../report/row.ts';
import type { Suite, SuiteContext } from '../suite.ts';
import { loggedBytes } from '../support/evidence.ts';
import { contender, interleave } from '../support/interleave.ts';
import { probeNode } from '../support/processProbe.ts';
import type { ProbedRun } from '../support/processProbe.ts';
import { timeProcess } from '../support/processTiming.ts';
import { scratchRepo } from '../support/scratchRepo.ts';
import { pairwiseRatios } from '../support/stats.ts';

const LINE = 'x'.repeat(70);

interface Producer {
  name: string;
  /** Text for the shell that prints as much as is asked for. */
  command(context: SuiteContext): string;
}

const PRODUCERS: Producer[] = [
  { name: 'fastest producer (yes)', command: ({ bytes }) => `yes '${LINE}' | head -c ${bytes}` },
  {
    name: 'test reporter (Node)',
    command: ({ bytes, programs }) => `'${process.execPath}' '${programs.testReporter}' ${bytes}`,
  },
];

/** A stage that prints a lot: how much slower than a file, and how much memory. */
export const output: Suite = {
  name: 'output',
  title: 'a stage that prints a lot, against the same command piped to a file',
  runs: 3,
  async measure(context) {
    const rows: Row[] = [];
    for (const producer of PRODUCERS) rows.push(...(await measureProducer(producer, context)));
    return rows;
  },
};

async function measureProducer(producer: Producer, context: SuiteContext): Promise<Row[]> {
  const command = producer.command(context);
  const piped = contender(`${producer.name} | cat > file`, () => pipeToFile(command, context));
  const stage = contender(`${producer.name}, start`, () => runStage(command, context));
  await interleave([piped, stage], context.runs);
  const times = stage.results.map(({ ms }) => ms);
  return [
    { work: piped.name, unit: 'ms', samples: piped.results },
    {
      work: stage.name,
      unit: 'ms',
      samples: times,
      versus: { reference: 'cat > file', ratios: pairwiseRatios(times, piped.results) },
      goal: { of: 'ratio', is: 'at most', limit: 1.5 },
    },
    {
      work: `${producer.name}, peak memory of start`,
      unit: 'MB',
      samples: stage.results.map(({ peakRssBytes }) => peakRssBytes / 1e6),
      goal: { of: 'max', is: 'below', limit: 150 },
    },
  ];
}

async function pipeToFile(command: string, { folder, signal }: SuiteContext): Promise<number> {
  const file = path.join(folder, 'piped.txt');
  const ms = await timeProcess({
    file: 'sh',
    args: ['-c', `${command} | cat > "$1"`, 'sh', file],
    cwd: folder,
    signal,
  });
  await rm(file);
  return ms;
}

/** @throws Error when not every byte arrived in the stage's log. */
async function runStage(command: string, context: SuiteContext): Promise<ProbedRun> {
  const { bytes, signal } = context;
  const repo = await scratchRepo(context, [command]);
  const run = await probeNode({ args: repo.startArgs, cwd: repo.root, signal }, context);
  const logged = await loggedBytes(repo.paths, signal);
  await repo.remove();
  if (logged !== bytes) throw new Error(`The stage printed ${bytes} bytes, its log accounts for ${logged}.`);
  return run;
}
