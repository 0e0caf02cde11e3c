import { detectCargo } from './detectCargo.ts';
import { detectGo } from './detectGo.ts';
import { detectNode, type NodeDetection } from './detectNode.ts';
import { detectPython } from './detectPython.ts';
import { type DetectedStage, type Detection, PURPOSES, type Purpose } from './detection.ts';
import type { LoadResult } from './loadResult.ts';
import type { CommandStage, LoadedConfig, Pipeline } from './types.ts';

const TITLES: Record<Purpose, string> = {
  build: 'Build',
  lint: 'Lint',
  typecheck: 'Type check',
  test: 'Test',
  'spec-guard': 'Spec guard',
};

/** Looks at a repository through the eyes of every ecosystem. Starts nothing and writes nothing. */
export async function detect(root: string, env: NodeJS.ProcessEnv): Promise<[NodeDetection, ...Detection[]]> {
  const [node, ...others] = await Promise.all([
    detectNode(root),
    detectPython(root, env),
    detectCargo(root, env),
  ]);
  return [node, ...others, detectGo(root)];
}

/**
 * The pipelines of a repository without a configuration file: `diagnostics` with everything that was detected. A
 * file that exists and cannot be read is a failure, because half a diagnosis would pass for a whole one.
 */
export async function detectedConfig(root: string, env: NodeJS.ProcessEnv): Promise<LoadResult> {
  const detections = await detect(root, env);
  const problems = detections.flatMap((detection) => detection.problems);
  const [problem] = problems;
  if (problem) return { ok: false, failure: { kind: 'invalid-config', file: problem.file, problems } };
  const { pipeline, reasons } = detectedPipeline(detections);
  if (pipeline.stages.length === 0) {
    const looked = detections.flatMap((detection) => detection.missing);
    return { ok: false, failure: { kind: 'nothing-detected', repoRoot: root, looked } };
  }
  return {
    ok: true,
    loaded: {
      config: { defaultPipeline: pipeline.id, pipelines: [pipeline], rlm: null },
      source: 'default',
      file: null,
      warnings: [],
      reasons,
      skipped: detections.flatMap((detection) => detection.skipped),
    },
  };
}

/** Puts the stages of all ecosystems in the order of their purposes; ids say the ecosystem where several meet. */
export function detectedPipeline(detections: Detection[]): {
  pipeline: Pipeline;
  reasons: LoadedConfig['reasons'];
} {
  const found = detections.filter((detection) => detection.stages.length > 0);
  const stages: CommandStage[] = [];
  const reasons: LoadedConfig['reasons'] = [];
  for (const purpose of PURPOSES) {
    for (const detection of found) {
      for (const detected of detection.stages.filter((stage) => stage.purpose === purpose)) {
        const stage = commandStage(detected, found.length > 1 && purpose !== 'spec-guard' ? detection : null);
        stages.push(stage);
        reasons.push({ stageId: stage.id, reason: detected.reason });
      }
    }
  }
  const description = `Detected from ${found.map(({ label }) => label).join(', ')}.`;
  return {
    pipeline: {
      id: 'diagnostics',
      title: 'Diagnostics',
      description: found.length === 0 ? null : description,
      tags: [],
      guardrailsRequired: false,
      stages,
    },
    reasons,
  };
}

function commandStage({ purpose, command }: DetectedStage, ecosystem: Detection | null): CommandStage {
  return {
    kind: 'command',
    id: ecosystem === null ? purpose : `${ecosystem.ecosystem}-${purpose}`,
    title: ecosystem === null ? TITLES[purpose] : `${TITLES[purpose]} (${ecosystem.label})`,
    plan: {},
    command,
    env: {},
    allowFailure: false,
    retries: 0,
  };
}
