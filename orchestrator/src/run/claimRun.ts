import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FailureError } from '../failure.ts';
import { acquireLock, type HeldLock, type LockOwner } from '../storage/lock.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { count, type FileActivity } from '../storage/fileActivity.ts';
import { withPath } from '../storage/withPath.ts';
import { createRunId } from './ids.ts';
import { runPaths, taskPaths, type RunPaths, type TaskEnvironment } from './paths.ts';
import { errorCode } from '../storage/errorCode.ts';

/** What an owner lock is held for that is let go of at once. */
const MANIFEST_ONLY = 'manifest of an ended run';

/** A run directory that belongs to this process until the lock is released. */
export interface ClaimedRun {
  paths: RunPaths;
  owner: HeldLock;
  /** What `resume --token` compares with. */
  resumeToken: string;
}

/**
 * Makes the directory of a new run, claims it and leaves the token for its resumption. The owner lock comes before the manifest, so that no reader
 * ever meets a manifest in progress without an owner to ask about. Throws errno errors (read-only, a file in the
 * way, no space).
 */
export async function claimNewRun(env: TaskEnvironment, now: Date): Promise<ClaimedRun> {
  makeDirectory(taskPaths(env).runsDir);
  for (;;) {
    const paths = runPaths(env, createRunId(now));
    try {
      mkdirSync(paths.runDir);
    } catch (error) {
      // Two runs of one millisecond may draw the same 32 random bits; the second one draws again.
      if (errorCode(error) === 'EEXIST') continue;
      throw error;
    }
    const owner = await claimOwner(paths, env.activity);
    mkdirSync(paths.commandsDir);
    mkdirSync(paths.errorsDir);
    return { paths, owner, resumeToken: writeResumeToken(paths, env.activity) };
  }
}

/**
 * Claims an existing run for a resume or a repair. A token that was lost is made anew. Throws `run-is-live` while
 * its owner may be alive.
 */
export async function claimExistingRun(paths: RunPaths, activity?: FileActivity): Promise<ClaimedRun> {
  const owner = await claimOwner(paths, activity);
  makeDirectory(paths.commandsDir);
  makeDirectory(paths.errorsDir);
  return { paths, owner, resumeToken: readResumeToken(paths, activity) ?? writeResumeToken(paths, activity) };
}

/**
 * Owns a run that has ended, for a moment and for its manifest alone; null while somebody works on it. Throws errno
 * errors.
 */
export async function claimTerminalRun(paths: RunPaths, activity?: FileActivity): Promise<HeldLock | null> {
  const result = await acquireLock(paths.ownerLockPath, { purpose: MANIFEST_ONLY, activity });
  return result.status === 'acquired' ? result.lock : null;
}

/** Names the owner of a lock for a person: process, host and since when. */
export function describeOwner(owner: LockOwner): string {
  return `process ${owner.pid} on ${owner.host}, since ${owner.acquired_at}`;
}

/** As {@link describeOwner}; of a lock that names nobody it says which file that is, and what becomes of it. */
export function describeHolder(owner: LockOwner | null, lockFile: string): string {
  if (owner !== null) return describeOwner(owner);
  return `whoever holds ${lockFile}, which names no process and is taken over when it is five minutes old`;
}

async function claimOwner(paths: RunPaths, activity: FileActivity | undefined): Promise<HeldLock> {
  let result = await acquireLock(paths.ownerLockPath, { purpose: 'run', activity });
  // Such an owner takes a few milliseconds, and is no reason to call a run live.
  if (result.status === 'busy' && result.holder?.purpose === MANIFEST_ONLY)
    result = await acquireLock(paths.ownerLockPath, { purpose: 'run', attempts: 8, delayMs: 10, activity });
  if (result.status === 'acquired') return result.lock;
  throw new FailureError({
    kind: 'run-is-live',
    runId: path.basename(paths.runDir),
    owner: describeHolder(result.holder, paths.ownerLockPath),
  });
}

/** The token in `.resume-token`; null when there is none. */
export function readResumeToken(paths: RunPaths, activity?: FileActivity): string | null {
  try {
    const text = readFileSync(paths.resumeTokenPath, 'utf8');
    count(activity?.reads, text);
    return text.trim() || null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function writeResumeToken(paths: RunPaths, activity: FileActivity | undefined): string {
  const token = randomBytes(32).toString('hex');
  try {
    writeFileSync(paths.resumeTokenPath, `${token}\n`);
    count(activity?.creations, token.length + 1);
  } catch (error) {
    throw withPath(error, paths.resumeTokenPath);
  }
  return token;
}
