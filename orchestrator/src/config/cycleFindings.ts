import type { Finding } from './finding.ts';
import { findCycles } from './findCycles.ts';
import { expandedStages, type Name, type Outline } from './outline.ts';
import { aliasTarget } from './pipelineAliases.ts';

/**
 * Every sub-pipeline reference that leads back to a pipeline on its own way. Told at the first reference of the cycle; the one
 * that closes it is the related place.
 */
export function cycleFindings(outline: Outline): Finding[] {
  return findCycles(subpipelinesById(outline)).map(({ chain, first, closing }) => ({
    path: first.path,
    severity: 'error',
    found: `found the sub-pipeline cycle ${chain}`,
    expected: 'expected sub-pipelines that come to an end',
    related: first === closing ? undefined : { path: closing.path, note: 'the cycle is closed here' },
  }));
}

/** Of equal pipeline ids the first counts; a deprecated alias stands for its pipeline. */
function subpipelinesById(outline: Outline): Map<string, Name[]> {
  const ids = new Set(outline.pipelines.map(({ id }) => id.name));
  const references = new Map<string, Name[]>();
  for (const pipeline of outline.pipelines) {
    if (references.has(pipeline.id.name)) continue;
    const subpipelines = expandedStages(outline, pipeline).flatMap(({ stage }) => stage.pipeline ?? []);
    const targets = subpipelines.map(({ name, path }) => ({
      name: ids.has(name) ? name : (aliasTarget(name) ?? name),
      path,
    }));
    references.set(pipeline.id.name, targets);
  }
  return references;
}
