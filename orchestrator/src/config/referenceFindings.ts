import { cacheFindings } from './cacheFindings.ts';
import { cycleFindings } from './cycleFindings.ts';
import type { Finding } from './finding.ts';
import { hasKey, isTable } from './jsonValue.ts';
import { needsFindings } from './needsFindings.ts';
import { nearestWord } from './nearestWord.ts';
import { expandedStages, type Name, type Outline, outlineOf } from './outline.ts';
import { aliasTarget } from './pipelineAliases.ts';
import { sharedOutputs } from './sharedOutputs.ts';
import { SHIPPED_PIPELINES } from './shippedPipelines.ts';
import { quote, quotedList } from './words.ts';

const SHIPPED_IDS = SHIPPED_PIPELINES.map(({ id }) => id);

/**
 * What is wrong between the parts of the file: unknown pipelines and stage sets, cycles of sub-pipelines, and ids
 * that are there twice. Works on files whose shape is wrong elsewhere, so that all problems are told at once.
 */
export function referenceFindings(document: unknown): Finding[] {
  const outline = outlineOf(document);
  return [
    ...pipelinesMissing(document),
    ...stageSetFindings(outline),
    ...pipelineFindings(outline),
    ...cycleFindings(outline),
    ...needsFindings(outline),
    ...cacheFindings(document),
    ...sharedOutputs(outline),
    ...repeatedIds(outline),
  ];
}

/** A file without pipelines says something only when it has settings of loops. */
function pipelinesMissing(document: unknown): Finding[] {
  if (!isTable(document) || hasKey(document, 'pipelines') || hasKey(document, 'rlm')) return [];
  const found = `found no ${quote('pipelines')}`;
  return [{ path: ['pipelines'], severity: 'error', found, expected: 'expected an array' }];
}

function stageSetFindings(outline: Outline): Finding[] {
  if (!outline.stageSetsAreKnown) return [];
  const sets = [...outline.stageSets.keys()];
  return outline.pipelines.flatMap(({ id, stages }) =>
    stages.flatMap(({ ref }): Finding[] => {
      if (ref === null || outline.stageSets.has(ref.name)) return [];
      return [
        {
          path: ref.path,
          severity: 'error',
          found: `found the unknown stage set ${quote(ref.name)} in pipeline ${quote(id.name)}`,
          expected: oneOf(sets, '"stageSets"'),
          suggestion: nearestWord(ref.name, sets),
        },
      ];
    }),
  );
}

function pipelineFindings(outline: Outline): Finding[] {
  if (!outline.pipelinesAreKnown) return [];
  const ids = new Set(outline.pipelines.map(({ id }) => id.name));
  const isKnown = (name: string) => ids.has(name) || SHIPPED_IDS.includes(name);
  const findings: Finding[] = [];
  const check = (reference: Name | null, what: string, severity: Finding['severity']): void => {
    if (reference === null || isKnown(reference.name) || isKnown(aliasTarget(reference.name) ?? '')) return;
    findings.push({
      path: reference.path,
      severity,
      found: `found the unknown ${what} ${quote(reference.name)}`,
      expected: oneOf([...ids], '"pipelines"'),
      suggestion: nearestWord(reference.name, [...ids, ...SHIPPED_IDS]),
    });
  };
  check(outline.defaultPipeline, 'default pipeline', 'error');
  const stageLists = [...outline.pipelines.map(({ stages }) => stages), ...outline.stageSets.values()];
  for (const { pipeline, optional } of stageLists.flat()) {
    // The run of an optional sub-pipeline may fail for any reason, this one included: the stage is then skipped.
    check(pipeline, 'pipeline', optional ? 'warning' : 'error');
  }
  return findings;
}

/** Ids that are there twice are warnings: every reader agrees which one counts. */
function repeatedIds(outline: Outline): Finding[] {
  const pipelines = repetitions(
    outline.pipelines.map(({ id }) => id),
    (name) => ({ found: `found a second pipeline ${name}, which is ignored` }),
  );
  const stages = outline.pipelines.flatMap((pipeline) => {
    const ids = expandedStages(outline, pipeline).flatMap(({ stage, set }) =>
      stage.id === null ? [] : { name: stage.id.name, path: set?.path ?? stage.id.path },
    );
    return repetitions(ids, (name) => ({
      found: `found a second stage ${name} in pipeline ${quote(pipeline.id.name)}`,
      expected: 'expected unique ids, because resume finds stages by them',
    }));
  });
  return [...pipelines, ...stages];
}

function repetitions(
  names: Name[],
  say: (quotedName: string) => Pick<Finding, 'found' | 'expected'>,
): Finding[] {
  const seen = new Map<string, Name>();
  return names.flatMap(({ name, path }): Finding[] => {
    const first = seen.get(name);
    seen.set(name, first ?? { name, path });
    if (first === undefined) return [];
    const related = { path: first.path, note: 'the first one is here' };
    return [{ path, severity: 'warning', ...say(quote(name)), related }];
  });
}

function oneOf(names: string[], place: string): string {
  return names.length === 0 ? `expected one of ${place}, which has none` : `expected ${quotedList(names)}`;
}
