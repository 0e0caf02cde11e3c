import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';
import type { SandboxRepo } from '../support/sandboxRepo.ts';

/** A text with what differs from run to run taken out: the folder, run ids and the digits of temporary names. */
export function plain(repo: SandboxRepo, text: string): string {
  return text
    .replaceAll(repo.root, '<repo>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z-[0-9a-f]{8}/g, '<run>')
    .replaceAll(/\.\d{6,}/g, '.<temp>');
}

/**
 * Fails unless every JSON document in the given folders is complete and every JSON-lines file whole up to a torn
 * last line.
 */
export async function assertIntact(...folders: string[]): Promise<void> {
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(entry.parentPath, entry.name);
      if (!entry.isFile()) continue;
      if (entry.name === 'metrics.json' || /\.(ndjson|jsonl)$/.test(entry.name))
        await readJsonLinesFile(file);
      else if (entry.name.endsWith('.json')) await readDocument(file);
    }
  }
}

/** The content of all files below a folder by their paths, to be compared later. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  const pairs = await Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const));
  return Object.fromEntries(pairs);
}

/** How many runs the aggregates of the task know; 0 when there are none. */
export async function runsInAggregates(repo: SandboxRepo): Promise<number> {
  const text = await repo.read('.runs/0101/metrics/post-rollout.json').catch(() => '{"total_runs":0}');
  return z.object({ total_runs: z.number() }).parse(JSON.parse(text)).total_runs;
}

async function readDocument(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not a complete JSON document: ${text.slice(0, 200)}`, { cause: error });
  }
}
