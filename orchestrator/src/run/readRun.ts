import { readFile } from 'node:fs/promises';
import { FailureError } from '../failure.ts';
import { readJournal } from './journal.ts';
import { isTerminal } from './liveness.ts';
import type { Manifest } from './manifestTypes.ts';
import type { RunPaths } from './paths.ts';
import { project } from './projection.ts';
import { errorCode } from '../storage/errorCode.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import { count, type FileActivity } from '../storage/fileActivity.ts';

/**
 * Reads a run as it stands now: its manifest, brought up to date from the journal while the run has no final
 * status. Throws ENOENT when there is no manifest and a `damaged-evidence` failure when it cannot be understood.
 * Changes nothing on disk.
 */
export async function readRun(paths: RunPaths, activity?: FileActivity): Promise<Manifest> {
  const manifest = await readManifest(paths.manifestPath, activity);
  if (isTerminal(manifest)) return manifest;
  return rebuildFromJournal(manifest, paths.journalPath, activity);
}

/** Reads a manifest file as it is. */
async function readManifest(file: string, activity: FileActivity | undefined): Promise<Manifest> {
  const text = await readFile(file, 'utf8');
  count(activity?.reads, text);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new FailureError({ kind: 'damaged-evidence', path: file, detail: errorMessage(error) });
  }
  if (!looksLikeManifest(document)) {
    throw new FailureError({ kind: 'damaged-evidence', path: file, detail: 'it is not a run manifest' });
  }
  return document;
}

/**
 * Replays the journal over a manifest, from where this orchestrator began to write it. What another one wrote before
 * is left out: it replaced the manifest at every step, and the manifest is the better witness.
 */
async function rebuildFromJournal(
  manifest: Manifest,
  journalPath: string,
  activity: FileActivity | undefined,
): Promise<Manifest> {
  let begun = false;
  try {
    for await (const event of readJournal(journalPath, activity)) {
      begun ||= event.type === 'run:begin' || event.type === 'run:resume';
      if (begun) project(manifest, event);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return manifest;
}

const TEXT_FIELDS = ['run_id', 'status', 'pipeline_id', 'started_at'];
const LIST_FIELDS = ['commands', 'child_runs', 'resume_events'];

/** The fields without which nothing here could work with the document; other tools may have written it. */
function looksLikeManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const record = new Map<string, unknown>(Object.entries(value));
  return (
    TEXT_FIELDS.every((name) => typeof record.get(name) === 'string') &&
    LIST_FIELDS.every((name) => isListOfObjects(record.get(name)))
  );
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}
