// Stores or restores again and again, each time with folders of its own, and each time stops for good before or after
// another operation on files: the first, the second, … until one gets through. Prints `<folder>` of each that stopped,
// then `all`, and waits to be killed, which kills them all.
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import path from 'node:path';
import { findEntry } from '../../../../src/cache/store/findEntry.ts';
import { restoreEntry } from '../../../../src/cache/store/restoreEntry.ts';
import { storeEntry } from '../../../../src/cache/store/storeEntry.ts';
import { keyOf, newEntry } from '../cacheRig.ts';

interface Attempt {
  stopAt: number;
  when: string;
  operations: number;
  underWay: number;
  isStopped: boolean;
  onStop: () => void;
}

const OPERATIONS = [
  'mkdir',
  'writeFile',
  'appendFile',
  'copyFile',
  'rename',
  'symlink',
  'chmod',
  'rm',
  'utimes',
] as const;
const [root = '', work = ''] = process.argv.slice(2);
const attempts = new AsyncLocalStorage<Attempt>();

for (const name of OPERATIONS) Object.assign(fs.promises, { [name]: stopping(fs.promises[name]) });

function stopping(operation: (...args: never[]) => Promise<unknown>) {
  return async (...args: never[]): Promise<unknown> => {
    const attempt = attempts.getStore();
    if (attempt === undefined) return operation(...args);
    attempt.operations += 1;
    const { when, stopAt, operations } = attempt;
    if (operations < stopAt) return duringAttempt(attempt, () => operation(...args));
    attempt.isStopped = true;
    const isDone = when === 'after' && operations === stopAt;
    // How it ends is not told to anybody any more.
    await duringAttempt(attempt, async () => (isDone ? operation(...args) : undefined)).catch(() => {});
    return new Promise(() => {});
  };
}

/** What else is under way when one operation is stopped still ends, as in a process that is killed. */
async function duringAttempt<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  attempt.underWay += 1;
  try {
    return await work();
  } finally {
    attempt.underWay -= 1;
    if (attempt.isStopped && attempt.underWay === 0) attempt.onStop();
  }
}

async function begin(folder: string): Promise<() => Promise<unknown>> {
  const repo = path.join(folder, 'repo');
  const cacheDir = path.join(folder, 'cache');
  fs.mkdirSync(path.join(repo, 'dist/empty'), { recursive: true });
  for (const name of ['a', 'b']) fs.writeFileSync(path.join(repo, 'dist', name), `new ${name}`);
  fs.symlinkSync('a', path.join(repo, 'dist/link'));
  if (work === 'store') return () => storeEntry(cacheDir, newEntry(keyOf('key'), repo));
  await storeEntry(cacheDir, newEntry(keyOf('key'), repo));
  fs.rmSync(path.join(repo, 'dist'), { recursive: true });
  fs.mkdirSync(path.join(repo, 'dist'));
  fs.writeFileSync(path.join(repo, 'dist/a'), 'old a');
  return async () => {
    const found = findEntry(cacheDir, keyOf('key'));
    if ('miss' in found) throw new Error(found.miss);
    return restoreEntry(found, repo);
  };
}

/** Resolves with whether it was stopped. */
async function attempt(folder: string, when: string, stopAt: number): Promise<boolean> {
  const run = await begin(folder);
  return new Promise((resolve, reject) => {
    const state = { stopAt, when, operations: 0, underWay: 0, isStopped: false, onStop: () => resolve(true) };
    attempts.run(state, run).then(() => resolve(false), reject);
  });
}

async function main(): Promise<void> {
  process.stdin.resume();
  for (const when of ['before', 'after']) {
    for (let stopAt = 1; ; stopAt += 1) {
      const folder = path.join(root, `${when}-${stopAt}`);
      if (!(await attempt(folder, when, stopAt))) break;
      console.log(folder);
    }
  }
  console.log('all');
}

void main();
