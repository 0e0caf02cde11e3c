import path from 'node:path';
import type { LoadResult } from './loadResult.ts';
import { readSource } from './readSource.ts';
import { withShippedPipelines } from './shippedPipelines.ts';
import type { LoadedConfig } from './types.ts';

/** The name of the configuration file, in the root of a repository. */
export const CONFIG_FILE = 'codex.orchestrator.json';

/**
 * Loads the pipelines of a repository: from its `codex.orchestrator.json`, else, and for a file that has none, from what
 * is found in the repository. The two are never merged, and a file that cannot be read is an error, not an absent file. Either way the
 * shipped pipelines come behind them, but not alone: where nothing is detected, that stays a failure.
 *
 * @param repoRoot absolute path of the repository.
 * @param env where the programs for detected stages are looked up (`PATH`).
 */
export async function loadConfig(
  repoRoot: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LoadResult> {
  const result = await loadOwn(repoRoot, env);
  if (!result.ok) return result;
  const { loaded } = result;
  const pipelines = withShippedPipelines(loaded.config.pipelines);
  return { ok: true, loaded: { ...loaded, config: { ...loaded.config, pipelines } } };
}

async function loadOwn(repoRoot: string, env: NodeJS.ProcessEnv): Promise<LoadResult> {
  const read = readSource(path.join(repoRoot, CONFIG_FILE), CONFIG_FILE);
  if (read.kind === 'absent') {
    const { detectedConfig } = await import('./detect.ts');
    return detectedConfig(repoRoot, env);
  }
  if (read.kind === 'problem') {
    return { ok: false, failure: { kind: 'invalid-config', file: CONFIG_FILE, problems: [read.problem] } };
  }
  const { parseConfig } = await import('./parseConfig.ts');
  const { config, hasPipelines, problems } = await parseConfig(read.source);
  if (config === null) return { ok: false, failure: { kind: 'invalid-config', file: CONFIG_FILE, problems } };
  const loaded: LoadedConfig = { config, source: 'user', file: CONFIG_FILE, warnings: problems, reasons: [] };
  return hasPipelines ? { ok: true, loaded } : withDetected(loaded, repoRoot, env);
}

/** A file with settings of loops only. Where nothing is detected it is still valid: there is the shipped loop. */
async function withDetected(
  { config, file, warnings, ...loaded }: LoadedConfig,
  repoRoot: string,
  env: NodeJS.ProcessEnv,
): Promise<LoadResult> {
  const { detectedConfig } = await import('./detect.ts');
  const detected = await detectedConfig(repoRoot, env);
  if (!detected.ok) {
    const isNothing = detected.failure.kind === 'nothing-detected';
    return isNothing ? { ok: true, loaded: { config, file, warnings, ...loaded } } : detected;
  }
  const { pipelines } = detected.loaded.config;
  return { ok: true, loaded: { ...detected.loaded, config: { ...config, pipelines }, file, warnings } };
}
