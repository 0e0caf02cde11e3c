import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { errorCode } from '../storage/errorCode.ts';
import { replaceFileSync } from '../storage/replaceFile.ts';
import { storeLayout } from './store/layout.ts';
import { parseMissFacts, type MissFacts } from './missFacts.ts';

/** Which entry the outputs of a stage in one checkout are those of. */
export interface StageNote {
  key: string;
  /** What led to that key, to tell later why it does not do any more. */
  facts: MissFacts;
  /** What each output is, by its path: see `outputMark`. */
  outputs: Readonly<Record<string, string>>;
}

/**
 * Where the note of a stage is. Several checkouts may share a cache, so each has its own; and so has the stage with other
 * output globs, since what it made then may be somebody else's now.
 */
export function stageNotePath(
  cacheDir: string,
  stage: { repoRoot: string; pipelineId: string; stageId: string; outputs: readonly string[] },
): string {
  const name = hash(
    'sha256',
    JSON.stringify([stage.repoRoot, stage.pipelineId, stage.stageId, stage.outputs]),
  );
  return path.join(storeLayout(cacheDir).stages, `${name}.json`);
}

/** Where the marks are of those who work at the outputs of a stage; beside its note. */
export function stageWorkFolder(noteFile: string): string {
  return noteFile.replace(/\.json$/, '.work');
}

/** Reads a note; null when there is none that can be used. It explains and tidies up, no more. */
export function readStageNote(file: string): StageNote | null {
  const text = readIfThere(file);
  if (text === null) return null;
  try {
    const note: unknown = JSON.parse(text);
    if (typeof note !== 'object' || note === null || !('key' in note && 'facts' in note && 'outputs' in note))
      return null;
    const { key, outputs } = note;
    const facts = parseMissFacts(note.facts);
    return typeof key === 'string' && facts !== null && isHashes(outputs) ? { key, facts, outputs } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether the note is about this key. Most of the time it is, and there is no need to take in all of it. */
export function isNoted(file: string, key: string): boolean {
  const expected = beginning(key);
  try {
    const fd = fs.openSync(file, 'r');
    try {
      const head = Buffer.alloc(expected.length);
      fs.readSync(fd, head, 0, head.length, 0);
      return head.toString() === expected;
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return false;
  }
}

/**
 * Replaces the note, without fsync: a lost one costs an explanation.
 *
 * @throws the errno error of the file system.
 */
export function writeStageNote(file: string, { key, facts, outputs }: StageNote): void {
  const text = `${beginning(key)},${JSON.stringify({ facts, outputs }).slice(1)}\n`;
  replaceFileSync(file, text, { durable: false });
}

function beginning(key: string): string {
  return JSON.stringify({ key }).slice(0, -1);
}

function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return null;
  }
}

function isHashes(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}
