import { isMarkedGroupAlive } from '../process/markedGroup.ts';
import { terminateTree } from '../process/terminateTree.ts';
import { readJournal } from '../run/journal.ts';
import type { RunPaths } from '../run/paths.ts';
import { probeProcess, type ProcessIdentity } from '../storage/processIdentity.ts';
import type { FileActivity } from '../storage/fileActivity.ts';
import { errorCode } from '../storage/errorCode.ts';

/**
 * Ends stage processes that outlived a killed orchestrator, so that a resumed stage never runs beside its former
 * self. A process counts only if host, boot, pid and start time still match the journal; one that is gone, if its
 * group still has members that were started for this run. Returns how many there were.
 *
 * @param graceMs ms between TERM and KILL
 */
export async function endLeftovers(
  paths: RunPaths,
  graceMs: number,
  force: AbortSignal,
  activity?: FileActivity,
): Promise<number> {
  const open = new Map<string, ProcessIdentity>();
  try {
    for await (const event of readJournal(paths.journalPath, activity)) {
      const isBegin = event.type === 'exec:begin' || event.type === 'process:begin';
      if (isBegin && event.pid !== null && event.pid !== undefined) {
        const { host, boot_id, pid, process_start, pid_namespace } = event;
        const identity = { host, boot_id, pid, process_start };
        open.set(event.handle_id, pid_namespace === undefined ? identity : { ...identity, pid_namespace });
      }
      if (event.type === 'exec:end' || event.type === 'process:end') open.delete(event.handle_id);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const mark = `CODEX_ORCHESTRATOR_RUN_ID=${paths.runId}`;
  const ended = await Promise.all(
    Array.from(open.values(), async (identity) => {
      const probe = probeProcess(identity);
      // Cut off from us, a process may have died at its next line of output, and left behind what it had started.
      const rootExited = probe === 'dead';
      const isLeft = rootExited ? await isMarkedGroupAlive(identity.pid, mark) : probe === 'alive';
      if (isLeft) await terminateTree(identity, { graceMs, force, rootExited });
      return isLeft;
    }),
  );
  return ended.filter(Boolean).length;
}
