import type { Finding } from './finding.ts';
import { expandedStages, type Name, type Outline, type StageOutline } from './outline.ts';
import { quote } from './words.ts';

/** Something that a stage makes. */
interface Output {
  /** What is before the first wildcard. */
  way: string;
  /** The folder of which it is all; null when that is not certain. */
  folder: string | null;
  /** Where in the pipeline that is said: for what a sub-pipeline makes, where that is named. */
  place: Name;
}

/**
 * Stages that may run at the same time and make things in the same place: what one is writing would be stored as a result
 * of the other, and restored over what the first one makes by then.
 */
export function sharedOutputs(outline: Outline): Finding[] {
  return outline.pipelines.flatMap((pipeline) => {
    const stages = expandedStages(outline, pipeline).map(({ stage }) => stage);
    if (!stages.some(({ saysNeeds }) => saysNeeds)) return [];
    const makers = stages
      .map((stage) => ({ stage, outputs: outputsOf(stage, outline) }))
      .filter(({ outputs }) => outputs.length > 0);
    return makers.flatMap((one, at) =>
      makers.slice(at + 1).flatMap((other) => {
        const shared = findShared(one.outputs, other.outputs);
        if (
          shared === null ||
          waits(one.stage, other.stage, stages) ||
          waits(other.stage, one.stage, stages)
        ) {
          return [];
        }
        return [finding(one.stage, other.stage, shared)];
      }),
    );
  });
}

function finding(one: StageOutline, other: StageOutline, [first, second]: [Output, Output]): Finding {
  const [oneId, otherId] = [quote(one.id?.name ?? ''), quote(other.id?.name ?? '')];
  return {
    path: second.place.path,
    severity: 'error',
    found: `found outputs of stage ${otherId} that are among those of ${oneId}, beside which it may run`,
    expected: 'expected outputs of its own, or that one of the two needs the other',
    related: { path: first.place.path, note: `the outputs of ${oneId} are here` },
  };
}

/** @param seen pipelines whose outputs are told already, or are being: one may contain itself, which is an error elsewhere */
function outputsOf(stage: StageOutline, outline: Outline, seen = new Set<string>()): Output[] {
  const { outputs, pipeline: place } = stage;
  const hasExceptions = outputs.some(({ name }) => name.startsWith('!'));
  const own = outputs.map((output) => outputOf(output, hasExceptions));
  const child = outline.pipelines.find(({ id }) => id.name === place?.name);
  if (place === null || child === undefined || seen.has(place.name)) return own;
  seen.add(place.name);
  return expandedStages(outline, child)
    .flatMap((each) => outputsOf(each.stage, outline, seen))
    .map((output) => ({ ...output, place }));
}

function outputOf(place: Name, hasExceptions: boolean): Output {
  const all = beginning(place.name.replace(/\/(?:\*\*)?$/, ''));
  return { way: beginning(place.name).way, folder: all.isAll && !hasExceptions ? all.way : null, place };
}

/** Whether a stage begins only when the other has ended. */
function waits(stage: StageOutline, other: StageOutline, stages: readonly StageOutline[]): boolean {
  const needed = new Set(stage.needs.map(({ name }) => name));
  // Grows while it is walked through.
  for (const id of needed) {
    for (const { id: known, needs } of stages) {
      if (known?.name === id) for (const { name } of needs) needed.add(name);
    }
  }
  return other.id !== null && needed.has(other.id.name);
}

/** Only what is certain from the texts: one names a folder without exceptions, and the other something in it. */
function findShared(ones: readonly Output[], others: readonly Output[]): [Output, Output] | null {
  for (const one of ones) {
    for (const other of others) if (covers(one, other) || covers(other, one)) return [one, other];
  }
  return null;
}

function covers({ folder }: Output, { way }: Output): boolean {
  return folder !== null && (way === folder || way.startsWith(`${folder}/`));
}

/** What is before the first wildcard, and whether that is all of it. An exception is nowhere. */
function beginning(glob: string): { way: string; isAll: boolean } {
  const parts = glob.split('/').filter((part) => part !== '' && part !== '.');
  const wild = parts.findIndex((part) => /[*?[\](){}!+@\\]/.test(part));
  return {
    way: (wild === -1 ? parts : parts.slice(0, wild)).join('/'),
    isAll: wild === -1 && parts.length > 0,
  };
}
