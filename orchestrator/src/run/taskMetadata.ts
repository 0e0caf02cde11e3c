import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FailureError } from '../failure.ts';
import type { TaskEnvironment } from './paths.ts';
import { errorCode } from '../storage/errorCode.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import { count } from '../storage/fileActivity.ts';

export interface TaskMetadata {
  slug: string;
  title: string;
}

/**
 * Looks the task up in `<repo>/tasks/index.json` (`{ items: [{ id, slug, title }] }`). A missing file or an
 * unlisted task gives the id as slug; a file that cannot be understood is a `damaged-evidence` failure.
 */
export async function readTaskMetadata(env: TaskEnvironment): Promise<TaskMetadata> {
  const fallback = { slug: env.taskId, title: `Task ${env.taskId}` };
  const file = path.join(env.repoRoot, 'tasks', 'index.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
    count(env.activity?.reads, text);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return fallback;
    throw error;
  }
  const item = itemsOf(text, file).find((candidate) => candidate['id'] === env.taskId);
  if (item === undefined) return fallback;
  return {
    slug: typeof item['slug'] === 'string' && item['slug'] !== '' ? item['slug'] : fallback.slug,
    title: typeof item['title'] === 'string' && item['title'] !== '' ? item['title'] : fallback.title,
  };
}

function itemsOf(text: string, file: string): Record<string, unknown>[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new FailureError({
      kind: 'damaged-evidence',
      path: file,
      detail: errorMessage(error),
    });
  }
  const items = isRecord(document) ? document['items'] : undefined;
  if (!Array.isArray(items)) {
    throw new FailureError({ kind: 'damaged-evidence', path: file, detail: 'expected { "items": [ … ] }' });
  }
  return items.filter(isRecord);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
