import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { count, type FileActivity } from '../storage/fileActivity.ts';
import { jsonDocument, replaceFile } from '../storage/replaceFile.ts';
import type { RunPaths } from './paths.ts';

/** Who asked for the end of a run, left in its directory before the owner is signalled. */
export interface CancelRequest {
  actor: string;
  reason: string | null;
  /** No grace period: what runs is killed at once. */
  force: boolean;
  requested_at: string;
}

/** Leaves the request where the owner looks for it. Throws errno errors. */
export function writeCancelRequest(paths: RunPaths, request: CancelRequest): Promise<void> {
  return replaceFile(requestFile(paths), jsonDocument(request));
}

/** The request a cancelled run was ended by; null when a plain signal ended it or the file is unreadable. */
export async function readCancelRequest(
  paths: RunPaths,
  activity?: FileActivity,
): Promise<CancelRequest | null> {
  try {
    const text = await readFile(requestFile(paths), 'utf8');
    count(activity?.reads, text);
    const value: unknown = JSON.parse(text);
    return isCancelRequest(value) ? value : null;
  } catch {
    // The words of the requester embellish the evidence; the cancellation itself does not hang on them.
    return null;
  }
}

/** Takes away the request of an earlier attempt, so that it does not speak in this one. Throws errno errors. */
export function clearCancelRequest(paths: RunPaths): Promise<void> {
  return rm(requestFile(paths), { force: true });
}

function requestFile(paths: RunPaths): string {
  return path.join(paths.runDir, 'cancel-request.json');
}

function isCancelRequest(value: unknown): value is CancelRequest {
  return typeof value === 'object' && value !== null && 'actor' in value && typeof value.actor === 'string';
}
