import fs from 'node:fs';
import { replaceFile } from '../../storage/replaceFile.ts';
import type { Folder } from './folder.ts';
import type { IgnoreAnswer } from './ignored/ignoreAnswer.ts';
import {
  decodeFolder,
  decodeMemo,
  encodeFolder,
  encodeMemo,
  type MemoContent,
  type StoredFolder,
} from './memoFormat.ts';

/**
 * What was found out about the inputs of a repository and need not be found out again: what is in its folders, what
 * files hold, what git ignores. Nothing of it is believed without a look at the stamps of files and folders.
 */
export interface HashMemo {
  /** What git said it ignores. */
  answers(): readonly IgnoreAnswer[];
  /** Replaces what git said. */
  keepAnswers(answers: readonly IgnoreAnswer[]): void;
  /** A folder as it was when it was kept. */
  folder(path: string): Folder | undefined;
  /** Keeps a folder in place of the one of this path. */
  keep(folder: Folder): void;
  /**
   * Writes the file if there is anything new; it is replaced as a whole. Of two who do that at once one loses, and has
   * to look again.
   *
   * @throws the errno error of the file system.
   */
  save(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** What nobody has asked for in this time is dropped. */
const KEPT_MS = 30 * DAY_MS;
/** That something is still in use is not worth writing the file every time. */
const REFRESHED_MS = 7 * DAY_MS;

/**
 * Opens a memo. One that is missing, cannot be read, is damaged, or was written later than now (the clock was set
 * back, so times prove nothing) is empty.
 */
export function openHashMemo(file: string): HashMemo {
  const now = Date.now();
  const content = readMemo(file, now);
  const stored = new Map(content.folders.map((folder) => [folder.path, folder]));
  const open = new Map<string, Folder>();
  const kept = new Set<string>();
  let answers: readonly IgnoreAnswer[] = content.answers;
  let isChanged = false;

  /** Folders that were used, as they are now, and the others as they were. */
  const folders = (): StoredFolder[] => {
    const all = [...open.values()].map((folder) => {
      const old = stored.get(folder.path);
      return old === undefined || kept.has(folder.path) ? encodeFolder(folder, now) : { ...old, usedAt: now };
    });
    for (const folder of stored.values()) {
      if (!open.has(folder.path) && folder.usedAt > now - KEPT_MS) all.push(folder);
    }
    return all;
  };

  return {
    answers: () => answers,
    keepAnswers(replacement) {
      answers = replacement;
      isChanged = true;
    },
    folder(path) {
      const known = open.get(path);
      if (known !== undefined) return known;
      const found = stored.get(path);
      if (found === undefined) return undefined;
      const folder = decodeFolder(found);
      open.set(path, folder);
      if (found.usedAt < now - REFRESHED_MS) isChanged = true;
      return folder;
    },
    keep(folder) {
      open.set(folder.path, folder);
      kept.add(folder.path);
      isChanged = true;
    },
    async save() {
      if (!isChanged) return;
      isChanged = false;
      const bytes = encodeMemo({ savedAt: Date.now(), answers: [...answers], folders: folders() });
      await replaceFile(file, bytes, { durable: false });
    },
  };
}

function readMemo(file: string, now: number): MemoContent {
  const nothing: MemoContent = { savedAt: now, answers: [], folders: [] };
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    // Missing most of the time. Whatever else is wrong with it, the work is done anew.
    return nothing;
  }
  const content = decodeMemo(bytes);
  return content === null || content.savedAt > now ? nothing : content;
}
