import type { ChildProcess } from 'node:child_process';

/** Ms that a process gets to remove its locks after it was told to end. */
const GRACE_MS = 1_000;

/**
 * Ends a process that leads a group of its own, and what is in that group, once `signal` is aborted: SIGTERM, after 1 s
 * SIGKILL. Returns what takes that back, to be called when the process has ended.
 */
export function endWhenAborted(child: ChildProcess, signal: AbortSignal | undefined): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    sendToGroup(child, 'SIGTERM');
    timer = setTimeout(() => sendToGroup(child, 'SIGKILL'), GRACE_MS);
  };
  signal?.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  };
}

function sendToGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of it is left; its end is told by the child itself.
  }
}
