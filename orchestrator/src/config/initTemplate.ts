import { detect, detectedPipeline } from './detect.ts';
import type { NodeDetection } from './detectNode.ts';
import type { LoadFailure } from './loadResult.ts';
import type { LoadedConfig, Pipeline } from './types.ts';

/** The text of a new configuration file, with where it came from. */
export interface InitTemplate {
  /** JSON with two spaces and a final line break. */
  text: string;
  pipeline: Pipeline;
  /** False when nothing was found and the text is only an example. */
  isDetected: boolean;
  reasons: LoadedConfig['reasons'];
  skipped: { what: string; reason: string }[];
}

const SCHEMA_FILE = 'schemas/codex.orchestrator.schema.json';

const SCHEMA_PLACES: Record<NodeDetection['thisPackage'], string> = {
  self: `./${SCHEMA_FILE}`,
  dependency: `./node_modules/codex-orchestrator/${SCHEMA_FILE}`,
  absent: `https://unpkg.com/codex-orchestrator/${SCHEMA_FILE}`,
};

/** Strict JSON has no comments, so the titles say what to do. */
const EXAMPLE: Pipeline = {
  id: 'diagnostics',
  title: 'Example: put the commands of this repository in place of these',
  description: null,
  tags: [],
  guardrailsRequired: false,
  stages: [
    exampleStage('build', 'Example: how this repository is built', 'echo "replace with your build command"'),
    exampleStage('test', 'Example: how this repository is tested', 'echo "replace with your test command"'),
  ],
};

/**
 * Makes a `codex.orchestrator.json` from what is found in the repository, so that it runs what would run without
 * it. Writes nothing. A file of the repository that cannot be read is a failure.
 */
export async function initTemplate(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ ok: true; template: InitTemplate } | { ok: false; failure: LoadFailure }> {
  const detections = await detect(root, env);
  const problems = detections.flatMap((detection) => detection.problems);
  const [problem] = problems;
  if (problem) return { ok: false, failure: { kind: 'invalid-config', file: problem.file, problems } };
  const detected = detectedPipeline(detections);
  const isDetected = detected.pipeline.stages.length > 0;
  const pipeline = isDetected ? detected.pipeline : EXAMPLE;
  return {
    ok: true,
    template: {
      text: configText(pipeline, SCHEMA_PLACES[detections[0].thisPackage]),
      pipeline,
      isDetected,
      reasons: detected.reasons,
      skipped: detections.flatMap((detection) => detection.skipped),
    },
  };
}

function configText(pipeline: Pipeline, schema: string): string {
  const document = {
    $schema: schema,
    defaultPipeline: pipeline.id,
    pipelines: [
      {
        id: pipeline.id,
        title: pipeline.title,
        guardrailsRequired: pipeline.guardrailsRequired,
        stages: pipeline.stages.map((stage) => ({
          kind: stage.kind,
          id: stage.id,
          title: stage.title,
          ...(stage.kind === 'command' ? { command: stage.command } : { pipeline: stage.pipeline }),
        })),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function exampleStage(id: string, title: string, command: string): Pipeline['stages'][number] {
  return { kind: 'command', id, title, plan: {}, command, env: {}, allowFailure: false, retries: 0 };
}
