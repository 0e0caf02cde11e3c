import { explainMiss } from '../../cache/explainMiss.ts';
import { openHashMemo, type HashMemo } from '../../cache/inputs/hashMemo.ts';
import { missFacts } from '../../cache/missFacts.ts';
import { readStageNote } from '../../cache/stageNote.ts';
import { readEntry } from '../../cache/store/findEntry.ts';
import { outputsInPlace } from '../../cache/store/outputsInPlace.ts';
import type { Pipeline, PipelineConfig, Stage } from '../../config/types.ts';
import { neededStages } from '../graph/stageNodes.ts';
import { createStageKeys, keyOfAll, type StageKeys } from '../stageKeys.ts';
import { noteFile } from './cachedStageRequest.ts';
import { findStale } from './findStale.ts';
import type { StageForecast } from './forecast.ts';
import { lookAtStage } from './lookAtStage.ts';
import { memoPath, ownPlaces } from './cachePlaces.ts';
import { createRecentSnapshots, type RecentSnapshots } from './recentSnapshots.ts';
import { realRoot } from './realRoot.ts';
import type { PlacedStage } from './stageCache.ts';
import { keyOfUncached } from './stageFacts.ts';
import { trackedReason } from './trackedReason.ts';

export interface ExplainRequest extends Omit<PlacedStage, 'stage' | 'pipelineId' | 'needs'> {
  pipeline: Pipeline;
  config: PipelineConfig;
  /** Absolute. */
  cacheDir: string;
}

/**
 * Tells what the stages of a pipeline would do, with files as they are now. Sub-pipelines are told by their stages. Writes
 * nothing.
 *
 * @throws FailureError when git cannot be asked what it ignores; errno errors when the cache cannot be read.
 */
export async function explainPipeline(request: ExplainRequest): Promise<StageForecast[]> {
  const memo = openHashMemo(memoPath(request.cacheDir, request.env.repoRoot));
  const snapshots = createRecentSnapshots();
  return (await explainLevel(request, { memo, snapshots, path: [], above: {}, pipelines: [] })).forecasts;
}

interface Level {
  memo: HashMemo;
  snapshots: RecentSnapshots;
  path: string[];
  above: Record<string, string> | null;
  /** Those around this one: a pipeline that contains itself does not run. */
  pipelines: Pipeline[];
}

interface Explained {
  /** In listed order. */
  forecasts: StageForecast[];
  keys: Record<string, string> | null;
}

async function explainLevel(request: ExplainRequest, level: Level): Promise<Explained> {
  const { stages } = request.pipeline;
  const keys = createStageKeys(stages, level.above);
  const needed = neededStages(stages);
  const forecasts = new Map<number, StageForecast[]>();
  const explain = async (at: number, stage: Stage): Promise<void> => {
    if (forecasts.has(at)) return;
    forecasts.set(at, []);
    for (const need of needed[at] ?? []) {
      const before = stages[need];
      if (before !== undefined) await explain(need, before);
    }
    const told = await explainStage(request, level, { stage, index: at + 1, keys });
    const before = (needed[at] ?? []).flatMap((need) => forecasts.get(need) ?? []);
    const unless = [
      ...new Set(
        before.flatMap((each) => (each.isInPlace ? each.unless : [each.path.join(' › '), ...each.unless])),
      ),
    ];
    forecasts.set(
      at,
      told.map((each) => ({ ...each, unless: [...unless, ...each.unless] })),
    );
  };
  for (const [at, stage] of stages.entries()) await explain(at, stage);
  return { forecasts: stages.flatMap((_, at) => forecasts.get(at) ?? []), keys: keys.ofAll() };
}

async function explainStage(
  request: ExplainRequest,
  level: Level,
  { stage, index, keys }: { stage: Stage; index: number; keys: StageKeys },
): Promise<StageForecast[]> {
  const path = [...level.path, stage.id];
  const needs = keys.ofNeeds(index);
  if (stage.kind === 'subpipeline') {
    const { config, pipeline } = request;
    const child = config.pipelines.find(({ id }) => id === stage.pipeline);
    const pipelines = [...level.pipelines, pipeline];
    if (child === undefined || pipelines.includes(child)) return [];
    const inner = { ...level, path, above: needs, pipelines };
    const told = await explainLevel({ ...request, pipeline: child, overrides: {} }, inner);
    const key = keyOfAll(told.keys);
    if (key !== null) keys.set(index, key);
    return told.forecasts;
  }
  const placed = realRoot({ ...request, stage, pipelineId: request.pipeline.id, needs });
  if (stage.cache === undefined) {
    const key = keyOfUncached(placed);
    if (key !== null) keys.set(index, key);
    return [{ ...FORECAST, path, forecast: 'always-runs' }];
  }
  const { cacheDir } = request;
  const look = await lookAtStage({ ...placed, ...level, exclude: ownPlaces(placed, cacheDir) });
  if (look.kind === 'unknown') return [{ ...FORECAST, path, why: [look.why] }];
  const { key } = look;
  keys.set(index, key);
  const found = readEntry(cacheDir, key);
  if (!('miss' in found)) {
    const { run_id, outputs } = found.entry;
    const { obstacle } = await findStale({ ...placed, cacheDir }, key, outputs);
    const isInPlace = await outputsInPlace(outputs, placed.env.repoRoot);
    const why = obstacle ?? (isInPlace ? null : await trackedReason(placed));
    if (why !== null) return [{ ...FORECAST, path, key, why: [why] }];
    return [{ ...FORECAST, path, forecast: 'restored', key, sourceRunId: run_id, isInPlace }];
  }
  if (!found.isAbsent) return [{ ...FORECAST, path, key, why: [`its entry is damaged: ${found.miss}`] }];
  const note = readStageNote(noteFile({ ...placed, cacheDir }));
  const why = explainMiss(missFacts(look.facts, look.inputs.files), note?.facts ?? null);
  return [{ ...FORECAST, path, key, why }];
}

const FORECAST: Omit<StageForecast, 'path'> = {
  forecast: 'runs',
  key: null,
  sourceRunId: null,
  why: [],
  isInPlace: false,
  unless: [],
};
