import type { Finding } from './finding.ts';
import { findCycles } from './findCycles.ts';
import { nearestWord } from './nearestWord.ts';
import { expandedStages, type Name, type Outline, type PipelineOutline } from './outline.ts';
import { quote, quotedList } from './words.ts';

/** What is wrong with the `needs` of stages: unknown stages, cycles, ids that could mean two stages. */
export function needsFindings(outline: Outline): Finding[] {
  return outline.pipelines.flatMap((pipeline) => {
    const stages = expandedStages(outline, pipeline).map(({ stage }) => stage);
    if (stages.every(({ needs }) => needs.length === 0)) return [];
    const named = new Map<string, Name[]>();
    const ids: Name[] = [];
    for (const { id, needs } of stages) {
      if (id === null) continue;
      ids.push(id);
      named.set(id.name, [...(named.get(id.name) ?? []), ...needs]);
    }
    const needs = stages.flatMap((stage) => stage.needs);
    return [
      ...needs.flatMap((need) => unknownNeed(need, [...named.keys()], pipeline)),
      ...needs.flatMap((need) => ambiguousNeed(need, ids, pipeline)),
      ...cycles(named),
    ];
  });
}

function unknownNeed(need: Name, known: string[], pipeline: PipelineOutline): Finding[] {
  if (known.includes(need.name)) return [];
  return [
    {
      path: need.path,
      severity: 'error',
      found: `found the unknown stage ${quote(need.name)} in pipeline ${quote(pipeline.id.name)}`,
      expected: `expected ${quotedList(known)}`,
      suggestion: nearestWord(need.name, known),
    },
  ];
}

function ambiguousNeed(need: Name, ids: Name[], pipeline: PipelineOutline): Finding[] {
  const [, second] = ids.filter(({ name }) => name === need.name);
  if (second === undefined) return [];
  return [
    {
      path: need.path,
      severity: 'error',
      found: `found ${quote(need.name)}, which is the id of two stages in pipeline ${quote(pipeline.id.name)}`,
      expected: 'expected the id of one stage',
      related: { path: second.path, note: 'the second one is here' },
    },
  ];
}

/** Told at the first reference of the cycle; the one that closes it is the related place. */
function cycles(named: Map<string, Name[]>): Finding[] {
  return findCycles(named).map(({ chain, first, closing }) => ({
    path: first.path,
    severity: 'error',
    found: `found stages that wait for each other: ${chain}`,
    expected: 'expected needs that come to an end',
    related: first === closing ? undefined : { path: closing.path, note: 'the cycle is closed here' },
  }));
}
