import { isTable, type JsonPath, listIn, tableIn, textIn } from './jsonValue.ts';

/** A name that takes part in references between parts of the file, with its place. */
export interface Name {
  name: string;
  path: JsonPath;
}

export interface StageOutline {
  id: Name | null;
  /** Stages that it waits for. */
  needs: Name[];
  /** It says what it waits for, be it nothing. */
  saysNeeds: boolean;
  /** Globs of what it makes and the cache may restore. */
  outputs: Name[];
  /** Pipeline that the stage runs, for sub-pipelines. */
  pipeline: Name | null;
  /** Set that the stage stands for, for stage-set references. */
  ref: Name | null;
  optional: boolean;
}

export interface PipelineOutline {
  id: Name;
  stages: StageOutline[];
}

/**
 * What refers to what in the file, read tolerantly: parts of a wrong shape are left out, so that the references
 * of the rest can be checked in the same go.
 */
export interface Outline {
  defaultPipeline: Name | null;
  /** Pipelines with a usable id, in file order, duplicates included. */
  pipelines: PipelineOutline[];
  /** False when some pipeline has no usable id: what looks unknown may be that one. */
  pipelinesAreKnown: boolean;
  stageSets: Map<string, StageOutline[]>;
  /** False when `stageSets` is not an object. */
  stageSetsAreKnown: boolean;
}

/** Reads the outline of a parsed `codex.orchestrator.json`. */
export function outlineOf(document: unknown): Outline {
  const { pipelines: list, stageSets } = tableIn(document);
  const pipelines = listIn(list).flatMap((pipeline, index) => {
    const path = ['pipelines', index];
    const id = nameAt(pipeline, path, 'id');
    return id === null ? [] : [{ id, stages: stagesOf(tableIn(pipeline)['stages'], [...path, 'stages']) }];
  });
  const sets = Object.entries(tableIn(stageSets));
  return {
    defaultPipeline: nameAt(document, [], 'defaultPipeline'),
    pipelines,
    pipelinesAreKnown: Array.isArray(list) && pipelines.length === list.length,
    stageSets: new Map(sets.map(([name, stages]) => [name, stagesOf(stages, ['stageSets', name])])),
    stageSetsAreKnown: stageSets === undefined || isTable(stageSets),
  };
}

/** A stage of a pipeline once sets are in place, with the reference to its set if it comes from one. */
export interface ExpandedStage {
  stage: StageOutline;
  set: Name | null;
}

/** The stages of a pipeline with sets in place. */
export function expandedStages(outline: Outline, pipeline: PipelineOutline): ExpandedStage[] {
  return pipeline.stages.flatMap((stage): ExpandedStage[] => {
    const { ref } = stage;
    if (ref === null) return [{ stage, set: null }];
    return (outline.stageSets.get(ref.name) ?? []).map((member) => ({ stage: member, set: ref }));
  });
}

function stagesOf(stages: unknown, path: JsonPath): StageOutline[] {
  return listIn(stages).map((stage, index) => {
    const { kind, optional, needs, cache } = tableIn(stage);
    const at = [...path, index];
    const isSet = kind === 'stage-set';
    return {
      id: isSet ? null : nameAt(stage, at, 'id'),
      needs: isSet ? [] : namesIn(needs, [...at, 'needs']),
      saysNeeds: !isSet && Array.isArray(needs),
      outputs: kind === 'command' ? namesIn(tableIn(cache)['outputs'], [...at, 'cache', 'outputs']) : [],
      pipeline: kind === 'subpipeline' ? nameAt(stage, at, 'pipeline') : null,
      ref: isSet ? nameAt(stage, at, 'ref') : null,
      optional: optional === true,
    };
  });
}

function namesIn(list: unknown, path: JsonPath): Name[] {
  return listIn(list).flatMap((item, index) => {
    const name = textIn(item) ?? '';
    return name === '' ? [] : [{ name, path: [...path, index] }];
  });
}

function nameAt(owner: unknown, path: JsonPath, key: string): Name | null {
  const name = textIn(tableIn(owner)[key]) ?? '';
  return name === '' ? null : { name, path: [...path, key] };
}
