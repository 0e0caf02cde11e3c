import { errorCode } from '../storage/errorCode.ts';
import { currentProcess, type ProcessIdentity, probeProcess } from '../storage/processIdentity.ts';
import { markedProcesses } from './markedProcesses.ts';
import { type ProcessEntry, readProcessTable } from './processTable.ts';
import { processTree } from './processTree.ts';

/** How to end a tree of processes. */
export interface TerminateOptions {
  /** How long everything has to end by itself after the first signal, in milliseconds. */
  graceMs: number;
  /** Aborted: do not wait any longer. */
  force?: AbortSignal;
  /** The polite signal. Default SIGTERM. */
  signal?: NodeJS.Signals;
  /** The caller is the root's parent and has reaped it just now; what is left of its group is to be ended. */
  rootExited?: boolean;
  /** What has it in its environment belongs to the tree, wherever it went. Default, and null: there is no mark. */
  mark?: string | null;
}

/**
 * Ends a process with everything that it started, also what has left its process group or session: a polite signal
 * to all, a grace, then SIGKILL for what is left. Every process gets the polite signal once, and only processes that
 * are proven to be the meant ones get any signal. Not found without a mark are processes that were already handed over to
 * init and have a session of their own: deliberate daemons.
 *
 * @returns when nothing of it is alive, at most {@link KILL_WAIT_MS} after SIGKILL; `forced` if that was needed.
 */
export async function terminateTree(
  root: ProcessIdentity,
  options: TerminateOptions,
): Promise<{ forced: boolean }> {
  if (!countsHere(root)) return { forced: false };
  const tree = new Tree(root, options.rootExited ?? false, options.mark ?? null);
  await tree.scan();
  if (tree.isEmpty() && !groupExists(root.pid)) return { forced: false };
  tree.signal(options.signal ?? 'SIGTERM');
  if (await endsWithin(tree, options.graceMs, options.force)) return { forced: false };
  const deadline = performance.now() + KILL_WAIT_MS;
  do {
    // Again and again, because the tree may fork faster than it is read.
    tree.signal('SIGKILL');
  } while (!(await endsWithin(tree, KILL_AGAIN_MS)) && performance.now() < deadline);
  return { forced: true };
}

/** A process that cannot be interrupted (in a hanging disk access, say) survives even SIGKILL for a while. */
const KILL_WAIT_MS = 5000;

const KILL_AGAIN_MS = 100;
const FIRST_POLL_MS = 2;
const LONGEST_POLL_MS = 50;

class Tree {
  readonly #root: ProcessIdentity;
  readonly #rootExited: boolean;
  readonly #mark: string | null;
  /** The root, or something of its group or session, was seen: its number is its own. */
  #rootSeen = false;
  readonly #members = new Map<number, ProcessIdentity>();
  /** Members in the root's own process group. */
  readonly #grouped = new Set<number>();

  constructor(root: ProcessIdentity, rootExited: boolean, mark: string | null) {
    this.#root = root;
    this.#rootExited = rootExited;
    this.#mark = mark;
  }

  isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Looks for members; keeps those found earlier, whose parents may be gone by now. */
  async scan(): Promise<void> {
    const table = await readProcessTable();
    const rootGone = this.#rootExited || this.#rootSeen;
    const found = processTree(table, this.#root, this.#members, rootGone);
    // While nothing else is known, whatever is found proves the number; what has the mark does not.
    if (this.isEmpty() && found.length > 0) this.#rootSeen = true;
    for (const entry of found) this.#add(entry);
    if (this.#mark === null) return;
    for (const entry of markedProcesses(table, this.#mark, this.#root.process_start)) this.#add(entry);
  }

  #add({ pid, pgid, start }: ProcessEntry): void {
    this.#members.set(pid, { ...this.#root, pid, process_start: start });
    if (pgid === this.#root.pid) this.#grouped.add(pid);
    else this.#grouped.delete(pid);
  }

  isAlive(): boolean {
    for (const identity of this.#members.values()) if (probeProcess(identity) === 'alive') return true;
    return false;
  }

  signal(signal: NodeJS.Signals): void {
    let group = false;
    for (const [pid, identity] of this.#members) {
      if (probeProcess(identity) !== 'alive') continue;
      if (this.#grouped.has(pid)) group = true;
      else send(pid, signal);
    }
    // One call for the whole group also reaches what was forked since the table was read.
    if (group) send(-this.#root.pid, signal);
  }
}

/** Polls, because the end of a process that is not our child is not announced. */
async function endsWithin(tree: Tree, ms: number, force?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, LONGEST_POLL_MS)) {
    if (!tree.isAlive()) {
      // Something may have been forked behind the back of the last reading.
      await tree.scan();
      if (!tree.isAlive()) return true;
    }
    const left = deadline - performance.now();
    if (left <= 0 || force?.aborted === true) {
      await tree.scan();
      return !tree.isAlive();
    }
    await sleep(Math.min(pause, left), force);
  }
}

function sleep(ms: number, wake?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      wake?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    wake?.addEventListener('abort', end);
  });
}

/** A pid only means something on its own machine, since its own boot, in its own pid namespace. */
function countsHere(identity: ProcessIdentity): boolean {
  const here = currentProcess();
  return (
    identity.host === here.host &&
    identity.boot_id === here.boot_id &&
    (identity.pid_namespace ?? null) === (here.pid_namespace ?? null)
  );
}

/** A group of zombies exists too. */
function groupExists(id: number): boolean {
  try {
    process.kill(-id, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Gone in this very moment, or (a set-user-id program) not ours to signal: waiting for it shows which.
    const code = errorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
