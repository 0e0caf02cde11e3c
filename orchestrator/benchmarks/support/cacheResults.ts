import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';

const profileShape = z.object({
  stages: z.array(z.object({ id: z.string(), cache: z.optional(z.object({ result: z.string() })) })),
});

/**
 * What the cache did for the stages of a run that may be cached: `hit`, `miss` or `unused` by id of the stage.
 *
 * @param output the end of what the run has printed; it names the manifest, and the profile is beside it
 * @param root the directory in which it was started
 * @throws Error when the output names no manifest; whatever reading the profile throws.
 */
export async function cacheResults(output: string, root: string): Promise<Record<string, string>> {
  const manifest = /Manifest:\s+(\S+)/.exec(output)?.[1];
  if (manifest === undefined) throw new Error(`The run does not say where its manifest is:\n${output}`);
  const profile = path.join(root, path.dirname(manifest), 'profile.json');
  const { stages } = profileShape.parse(JSON.parse(await readFile(profile, 'utf8')));
  return Object.fromEntries(stages.flatMap(({ id, cache }) => (cache ? [[id, cache.result]] : [])));
}
