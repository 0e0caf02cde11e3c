import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { type Contender, contender, interleave } from '../../support/interleave.ts';
import {
  type Implementation,
  type MetricsTask,
  type MetricsWork,
  metricsTask,
} from '../../support/metricsTask.ts';
import { requireFreeSpace } from '../../support/requireFreeSpace.ts';
import { pairwiseRatios } from '../../support/stats.ts';
import { differences } from '../loop/iterations.ts';

/** Lengths of the histories, in entries. */
export interface Sizes {
  short: number;
  middle: number;
  long: number;
}

const SIZES: Sizes = { short: 1000, middle: 100_000, long: 1_000_000 };

/** An entry, and what the index and the file system need for it. */
const BYTES_PER_ENTRY = 1000;

const NAMES: Record<Implementation, string> = {
  ours: 'ours',
  wholeFile: 'whole file',
  plainStreaming: 'plain streaming',
};

/** A history for each side: what one appends must not be what the other finds. */
interface History {
  entries: number;
  ours: MetricsTask;
  references: MetricsTask;
}

type Timed = Contender<MetricsWork>;

/**
 * Recording one run after histories of three lengths, and aggregating the longest anew, each in a fresh process. What
 * is timed begins when the program is loaded. The references have a history of their own, which they share.
 *
 * @throws Error when there is not enough room on disk, or when an implementation miscounts.
 */
export async function measureHistories(context: SuiteContext, sizes: Sizes = SIZES): Promise<Row[]> {
  const all = Object.values<number>({ ...sizes });
  // Two of each length.
  await requireFreeSpace(context.folder, 2 * BYTES_PER_ENTRY * all.reduce((sum, size) => sum + size, 0));
  const histories: [History, History, History] = [
    await makeHistory(context, sizes.short),
    await makeHistory(context, sizes.middle),
    await makeHistory(context, sizes.long),
  ];
  try {
    const [, , longest] = histories;
    return [...(await measureRecording(context, histories)), ...(await measureRebuild(context, longest))];
  } finally {
    for (const { ours, references } of histories) {
      await ours.remove();
      await references.remove();
    }
  }
}

async function makeHistory(context: SuiteContext, entries: number): Promise<History> {
  const references = await metricsTask(context, entries);
  const ours = await metricsTask(context, entries, references);
  await ours.rebuild('ours');
  return { entries, ours, references };
}

async function measureRecording(
  context: SuiteContext,
  [short, middle, long]: [History, History, History],
): Promise<Row[]> {
  const timed = (implementation: Implementation, history: History): Timed =>
    contender(`${NAMES[implementation]}, ${inWords(history.entries)}`, () => record(implementation, history));
  const whole = [timed('wholeFile', short), timed('wholeFile', middle)];
  const plain = { short: timed('plainStreaming', short), long: timed('plainStreaming', long) };
  const plainMiddle = timed('plainStreaming', middle);
  const ours = { short: timed('ours', short), long: timed('ours', long) };
  const oursMiddle = timed('ours', middle);
  // Those whose ratio counts stand next to each other, so that the machine is the same for both.
  const order = [...whole, plain.short, plainMiddle, plain.long, oursMiddle, ours.short, ours.long];
  await interleave(order, context.runs);
  return [
    ...[...whole].map(timeRow),
    await lengthLimit(timed('wholeFile', long)),
    ...[plain.short, plainMiddle, plain.long, ours.short, oursMiddle].map(timeRow),
    { ...timeRow(ours.long), goal: { of: 'median', is: 'below', limit: 25 } },
    growthRow(ours),
    ...[plain.long, ours.short, ours.long].map(processRow),
    ...[plain.short, plain.long, ours.short, ours.long].map(memoryRow),
    {
      work: `${ours.long.name}: peak memory beyond that of ${inWords(short.entries)}`,
      unit: 'MB',
      samples: differences(megabytes(ours.long), megabytes(ours.short)),
      goal: { of: 'median', is: 'at most', limit: 10 },
    },
  ];
}

async function measureRebuild(context: SuiteContext, { entries, ours, references }: History): Promise<Row[]> {
  const name = (implementation: Implementation) =>
    `${NAMES[implementation]}, all ${entries.toLocaleString('en')} anew`;
  const plain = contender(name('plainStreaming'), () => references.rebuild('plainStreaming'));
  const rebuilt = contender(name('ours'), () => ours.rebuild('ours'));
  await interleave([plain, rebuilt], context.runs);
  const ratios = pairwiseRatios(milliseconds(rebuilt), milliseconds(plain));
  return [
    timeRow(plain),
    {
      ...timeRow(rebuilt),
      versus: { reference: 'plain streaming', ratios },
      goal: { of: 'ratio', is: 'at most', limit: 0.7 },
    },
    memoryRow(plain),
    { ...memoryRow(rebuilt), goal: { of: 'max', is: 'below', limit: 110 } },
  ];
}

function record(implementation: Implementation, { ours, references }: History): Promise<MetricsWork> {
  return (implementation === 'ours' ? ours : references).record(implementation);
}

/** Reading a whole file ends somewhere: it is tried once, and what came of it is told. */
async function lengthLimit(timed: Timed): Promise<Row> {
  try {
    return { ...timeRow({ ...timed, results: [await timed.measure()] }) };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const reason = /^\w*Error\b.*?: (.*)$/m.exec(said.slice(said.indexOf('\n')))?.[1];
    return { work: timed.name, unit: 'ms', samples: [], failure: `failed: ${reason ?? said}` };
  }
}

function growthRow({ short, long }: { short: Timed; long: Timed }): Row {
  return {
    work: `${long.name}: time in relation to the shortest history`,
    unit: 'ms',
    samples: milliseconds(long),
    versus: { reference: short.name, ratios: pairwiseRatios(milliseconds(long), milliseconds(short)) },
    goal: { of: 'ratio', is: 'at most', limit: 1.3 },
  };
}

function timeRow(timed: Timed): Row {
  return { work: timed.name, unit: 'ms', samples: milliseconds(timed) };
}

function processRow(timed: Timed): Row {
  return {
    work: `${timed.name}: whole process`,
    unit: 'ms',
    samples: timed.results.map(({ processMs }) => processMs),
  };
}

function memoryRow(timed: Timed): Row {
  return { work: `${timed.name}: peak memory`, unit: 'MB', samples: megabytes(timed) };
}

function milliseconds({ results }: Timed): number[] {
  return results.map(({ ms }) => ms);
}

function megabytes({ results }: Timed): number[] {
  return results.map(({ peakRssBytes }) => peakRssBytes / 1e6);
}

function inWords(entries: number): string {
  return `${entries.toLocaleString('en')} earlier`;
}
