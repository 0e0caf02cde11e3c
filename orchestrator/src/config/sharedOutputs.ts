import type { Finding } from './finding.ts';
import { expandedStages, type Name, type Outline, type StageOutline } from './outline.ts';
import { quote } from './words.ts';

/**
 * Stages that may run at the same time and make things in the same place: what one is writing would be stored as a result
 * of the other, and restored over what the first one makes by then.
 */
export function sharedOutputs(outline: Outline): Finding[] {
  return outline.pipelines.flatMap((pipeline) => {
    const stages = expandedStages(outline, pipeline).map(({ stage }) => stage);
    if (!stages.some(({ saysNeeds }) => saysNeeds)) return [];
    const cached = stages.filter(({ outputs }) => outputs.length > 0);
    const reach = new Map<StageOutline, ReadonlySet<string>>();
    const waitsFor = (one: StageOutline, other: StageOutline): boolean => {
      if (!reach.has(one)) reach.set(one, allNeeds(one, stages));
      return other.id !== null && reach.get(one)?.has(other.id.name) === true;
    };
    return cached.flatMap((one, at) =>
      cached.slice(at + 1).flatMap((other) => {
        const shared = sharedGlobs(one, other);
        if (shared === null || waitsFor(one, other) || waitsFor(other, one)) return [];
        return [finding(one, other, shared)];
      }),
    );
  });
}

function finding(one: StageOutline, other: StageOutline, [first, second]: [Name, Name]): Finding {
  const [oneId, otherId] = [quote(one.id?.name ?? ''), quote(other.id?.name ?? '')];
  return {
    path: second.path,
    severity: 'error',
    found: `found outputs of stage ${otherId} that are among those of ${oneId}, beside which it may run`,
    expected: 'expected outputs of its own, or that one of the two needs the other',
    related: { path: first.path, note: `the outputs of ${oneId} are here` },
  };
}

function allNeeds(stage: StageOutline, stages: readonly StageOutline[]): Set<string> {
  const found = new Set(stage.needs.map(({ name }) => name));
  // Grows while it is walked through.
  for (const id of found) {
    for (const { id: known, needs } of stages) {
      if (known?.name === id) for (const { name } of needs) found.add(name);
    }
  }
  return found;
}

/** Only what is certain from the texts: one names a folder without exceptions, and the other something in it. */
function sharedGlobs(one: StageOutline, other: StageOutline): [Name, Name] | null {
  for (const first of one.outputs) {
    for (const second of other.outputs) {
      if (covers(one, first, second) || covers(other, second, first)) return [first, second];
    }
  }
  return null;
}

function covers(owner: StageOutline, glob: Name, other: Name): boolean {
  const folder = placeOf(glob.name.replace(/\/\**$/, ''));
  if (!folder.isAll || owner.outputs.some(({ name }) => name.startsWith('!'))) return false;
  const { place } = placeOf(other.name);
  return place === folder.place || place.startsWith(`${folder.place}/`);
}

/** What is before the first wildcard, and whether that is all of it. An exception is nowhere. */
function placeOf(glob: string): { place: string; isAll: boolean } {
  const parts = glob.split('/').filter((part) => part !== '' && part !== '.');
  const wild = parts.findIndex((part) => /[*?[\](){}!+@\\]/.test(part));
  return {
    place: (wild === -1 ? parts : parts.slice(0, wild)).join('/'),
    isAll: wild === -1 && parts.length > 0,
  };
}
