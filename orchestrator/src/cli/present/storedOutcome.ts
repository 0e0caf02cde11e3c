import type { CommandRecord } from '../../run/manifestTypes.ts';
import { stageOutcome } from './runLines.ts';

/** How a recorded stage ended, in the words of a live run: `exit code 1`. Empty when there is nothing to say. */
export function storedOutcome(command: CommandRecord): string {
  const { id, title, kind, status, exit_code, summary, log_path, sub_run_id } = command;
  const passedOn = passingAttempt(summary);
  return stageOutcome({
    id,
    title,
    kind,
    builtin: false,
    status,
    attempt: passedOn ?? 1,
    startedAtMs: null,
    durationMs: null,
    exitCode: exit_code,
    summary,
    logPath: log_path,
    subRunId: sub_run_id,
    flaky: passedOn !== null,
    cachedFrom: sourceRun(summary),
    outputTail: '',
    loop: null,
    kept: false,
  });
}

/** The run whose result a stage has from the stage cache. A manifest keeps it in the summary only. */
function sourceRun(summary: string | null): string | null {
  return /^From cache \(run (\S+)\):/.exec(summary ?? '')?.[1] ?? null;
}

/** The attempt on which a flaky stage passed; null for any other. A manifest keeps it in the summary only. */
function passingAttempt(summary: string | null): number | null {
  const attempt = /^Passed on attempt (\d+) of \d+ \(flaky\)\./.exec(summary ?? '')?.[1];
  return attempt === undefined ? null : Number(attempt);
}
