import type { Finding } from './finding.ts';
import { expandedStages, type Name, type Outline } from './outline.ts';
import { aliasTarget } from './pipelineAliases.ts';
import { quote } from './words.ts';

const LONGEST_CHAIN = 20;

/** A pipeline on the way, and its sub-pipelines that are still to be followed, the next one last. */
interface Step {
  id: string;
  /** The reference that led here; null at the start of the way. */
  from: Name | null;
  ahead: Name[];
}

/** Every sub-pipeline reference that leads back to a pipeline on its own way, one finding for each. */
export function cycleFindings(outline: Outline): Finding[] {
  const references = subpipelinesById(outline);
  const done = new Set<string>();
  const found: Finding[] = [];
  for (const id of references.keys()) {
    const way: Step[] = [];
    const placeOnWay = new Map<string, number>();
    const enter = (next: string, from: Name | null): void => {
      done.add(next);
      placeOnWay.set(next, way.length);
      way.push({ id: next, from, ahead: (references.get(next) ?? []).toReversed() });
    };
    if (!done.has(id)) enter(id, null);
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      const reference = step.ahead.pop();
      if (reference === undefined) {
        placeOnWay.delete(step.id);
        way.pop();
        continue;
      }
      const target = targetOf(reference.name, references);
      const back = placeOnWay.get(target);
      if (back !== undefined) found.push(cycleFinding(way.slice(back), reference));
      else if (references.has(target) && !done.has(target)) enter(target, reference);
    }
  }
  return found;
}

/** Told at the first reference of the cycle; the one that closes it is the related place. */
function cycleFinding(cycle: Step[], closing: Name): Finding {
  const ids = cycle.map((step) => step.id);
  const first = cycle[1]?.from ?? closing;
  return {
    path: first.path,
    severity: 'error',
    found: `found the sub-pipeline cycle ${chain([...ids, ...ids.slice(0, 1)])}`,
    expected: 'expected sub-pipelines that come to an end',
    related: first === closing ? undefined : { path: closing.path, note: 'the cycle is closed here' },
  };
}

/** A long chain is told by its two ends. */
function chain(ids: string[]): string {
  const words = ids.map(quote);
  if (words.length > LONGEST_CHAIN) words.splice(LONGEST_CHAIN / 2, words.length - LONGEST_CHAIN, '…');
  return words.join(' -> ');
}

/** Of equal pipeline ids the first counts. */
function subpipelinesById(outline: Outline): Map<string, Name[]> {
  const references = new Map<string, Name[]>();
  for (const pipeline of outline.pipelines) {
    if (references.has(pipeline.id.name)) continue;
    const subpipelines = expandedStages(outline, pipeline).flatMap(({ stage }) => stage.pipeline ?? []);
    references.set(pipeline.id.name, subpipelines);
  }
  return references;
}

function targetOf(name: string, pipelines: Map<string, unknown>): string {
  return pipelines.has(name) ? name : (aliasTarget(name) ?? name);
}
