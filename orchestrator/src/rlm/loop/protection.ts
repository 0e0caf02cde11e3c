import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { FailureError } from '../../failure.ts';
import { errorCode } from '../../storage/errorCode.ts';
import { errorMessage } from '../../storage/errorMessage.ts';
import { count, type Counted, type FileActivity } from '../../storage/fileActivity.ts';
import { replaceFile } from '../../storage/replaceFile.ts';
import type { FileMemory } from '../validator/fileMemory.ts';
import { changedFiles, protectedFingerprint } from '../validator/protectedFiles.ts';
import { protectMatcher } from '../validator/protectMatcher.ts';

/** Watches over the files that must not change while a loop works. */
export interface Protection {
  /**
   * Takes note of how the files are, or of how they were when an earlier attempt of the run began; to be awaited before
   * the first look. Resolves with the globs that match no file; with none later than at the beginning.
   *
   * @throws errno errors, and FailureError `damaged-evidence` when the note of an earlier attempt is gone or damaged
   */
  begin(): Promise<string[]>;
  look(): Promise<ProtectionLook>;
}

export interface ProtectionLook {
  /** Paths that are not as they were when the loop began, sorted. */
  changed: string[];
  /** Tells two states of them apart, 32 hexadecimal digits; null when nothing has changed. */
  signature: string | null;
}

export interface ProtectionOptions extends Counted {
  globs: readonly string[];
  /** The loop has begun in an earlier attempt of the run, with the same globs. */
  isResumed: boolean;
  /** Absolute. */
  repoRoot: string;
  /** Absolute paths of our own files, which never count. */
  exclude: readonly string[];
  /** Where the note is kept, so that it outlives this process. */
  notePath: string;
}

export function createProtection(options: ProtectionOptions): Protection {
  const { globs, isResumed, repoRoot, exclude, notePath, activity } = options;
  const memory: FileMemory = new Map();
  const fingerprint = () => protectedFingerprint(globs, repoRoot, { exclude, memory });
  let base: ReadonlyMap<string, string> = new Map();
  return {
    async begin() {
      if (globs.length === 0) return [];
      if (isResumed) {
        base = await readNote(notePath, activity);
        return [];
      }
      base = await fingerprint();
      const note = { files: Object.fromEntries(base) };
      await replaceFile(notePath, JSON.stringify(note, null, 2), { activity });
      return withoutFile(globs, [...base.keys()]);
    },
    async look() {
      if (globs.length === 0) return { changed: [], signature: null };
      const now = await fingerprint();
      const changed = changedFiles(base, now);
      return { changed, signature: changed.length === 0 ? null : signatureOf(changed, now) };
    },
  };
}

async function withoutFile(globs: readonly string[], paths: readonly string[]): Promise<string[]> {
  const protecting = globs.filter((glob) => !glob.trimStart().startsWith('!'));
  const matchers = await Promise.all(protecting.map((glob) => protectMatcher([glob])));
  return protecting.filter((_, at) => !paths.some((path) => matchers[at]?.(path)));
}

function signatureOf(changed: readonly string[], now: ReadonlyMap<string, string>): string {
  const states = changed.map((path) => [path, now.get(path) ?? null]);
  return createHash('sha256').update(JSON.stringify(states)).digest('hex').slice(0, SIGNATURE_DIGITS);
}

const SIGNATURE_DIGITS = 32;

async function readNote(notePath: string, activity: FileActivity | undefined): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await fs.readFile(notePath, 'utf8');
    count(activity?.reads, text);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    const detail = 'it is gone, and nothing else says how the protected files were when the loop began';
    throw new FailureError({ kind: 'damaged-evidence', path: notePath, detail });
  }
  const { parseNote } = await import('./protectionNote.ts');
  try {
    return parseNote(JSON.parse(text));
  } catch (error) {
    throw new FailureError({ kind: 'damaged-evidence', path: notePath, detail: errorMessage(error) });
  }
}
