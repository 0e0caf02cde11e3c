import fs from 'node:fs';
import type { LoopPaths } from './loopPaths.ts';
import type { LoopState } from './loopState.ts';

/**
 * Time that a killed owner used after it had written the state the last time, in ms, as far as the logs of the
 * iteration in progress tell: up to the last line of agent or validator. Without it, a loop that is killed in the
 * middle of long calls again and again would never come to the end of its time. By the wall clock, since two processes
 * share no other.
 */
export function unwrittenMs({ inProgress, final, updatedAt }: LoopState, paths: LoopPaths): number {
  if (inProgress === null || final !== undefined) return 0;
  const logs = [paths.agentLog(inProgress.n), paths.validatorLog(inProgress.n)];
  const changes = logs.map((log) => fs.statSync(log, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const writtenMs = Date.parse(updatedAt);
  return Number.isNaN(writtenMs) ? 0 : Math.max(0, Math.round(Math.max(...changes) - writtenMs));
}
