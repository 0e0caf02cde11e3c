import type { CommandRecord } from '../../run/manifestTypes.ts';
import { stageOutcome } from './runLines.ts';

/** How a recorded stage ended, in the words of a live run: `exit code 1`. Empty when there is nothing to say. */
export function storedOutcome(command: CommandRecord): string {
  const { id, title, kind, status, exit_code, summary, log_path, sub_run_id } = command;
  return stageOutcome({
    id,
    title,
    kind,
    status,
    attempt: 1,
    startedAtMs: null,
    durationMs: null,
    exitCode: exit_code,
    summary,
    logPath: log_path,
    subRunId: sub_run_id,
    flaky: false,
    outputTail: '',
    kept: false,
  });
}
