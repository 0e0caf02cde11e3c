import path from 'node:path';
import type { LoadResult } from './loadResult.ts';
import { readSource } from './readSource.ts';
import { withShippedPipelines } from './shippedPipelines.ts';

/** The name of the configuration file, in the root of a repository. */
export const CONFIG_FILE = 'codex.orchestrator.json';

/**
 * Loads the pipelines of a repository: from its `codex.orchestrator.json`, else from what is found in the
 * repository. The two are never merged, and a file that cannot be read is an error, not an absent file. Either way the
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
  const read = await readSource(path.join(repoRoot, CONFIG_FILE), CONFIG_FILE);
  if (read.kind === 'absent') {
    const { detectedConfig } = await import('./detect.ts');
    return detectedConfig(repoRoot, env);
  }
  if (read.kind === 'problem') {
    return { ok: false, failure: { kind: 'invalid-config', file: CONFIG_FILE, problems: [read.problem] } };
  }
  const { parseConfig } = await import('./parseConfig.ts');
  const { config, problems } = await parseConfig(read.source);
  if (config === null) return { ok: false, failure: { kind: 'invalid-config', file: CONFIG_FILE, problems } };
  return {
    ok: true,
    loaded: { config, source: 'user', file: CONFIG_FILE, warnings: problems, reasons: [] },
  };
}
