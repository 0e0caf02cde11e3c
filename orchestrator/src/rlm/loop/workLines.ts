import type { ValidatorRun } from '../validator/runValidator.ts';
import type { WorkspaceChanges } from '../workspace/workspace.ts';
import { countWords, durationWords, plainLine } from './loopWords.ts';

/** What the agent changed: `changed: 2 files, +10 −3`. Outside git lines are not counted. */
export function changesLine({ files, stat }: WorkspaceChanges): string[] {
  if (files.length === 0) return [`  changed: ${stat === 'no changes' ? 'nothing' : stat}`];
  const added = countIn(stat, /(\d+) insertions?\(\+\)/);
  const removed = countIn(stat, /(\d+) deletions?\(-\)/);
  const lines = added === null && removed === null ? '' : `, +${added ?? 0} −${removed ?? 0}`;
  return [`  changed: ${countWords(files.length, 'file')}${lines}`];
}

/** How the validator ended: `validator: exit code 1 after 1.2 s: …`, or `ended by SIGKILL`, with the first line that looks like an error. */
export function validatorLine(
  run: Pick<ValidatorRun, 'ended' | 'exitCode' | 'signal' | 'durationMs' | 'feedback'>,
): string[] {
  return [`  validator: ${outcome(run)}`];
}

function outcome({
  ended,
  exitCode,
  signal,
  durationMs,
  feedback,
}: Parameters<typeof validatorLine>[0]): string {
  const after = `after ${durationWords(durationMs)}`;
  const error = plainLine(feedback?.firstErrors[0] ?? lastLine(feedback?.end ?? ''));
  const why = error === '' ? '' : `: ${error}`;
  switch (ended) {
    case 'exited':
      if (exitCode === 0) return `passed ${after}`;
      return `${signal === null ? `exit code ${exitCode}` : `ended by ${signal}`} ${after}${why}`;
    case 'timed-out':
      return `ended ${after}, its time was used up${why}`;
    case 'cancelled':
      return `cancelled ${after}`;
    case 'not-found':
      return `not found${why}`;
    default:
      return ended satisfies never;
  }
}

/** Where no line looks like an error the last one says most. */
function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function countIn(stat: string, pattern: RegExp): string | null {
  return pattern.exec(stat.trimEnd().split('\n').at(-1) ?? '')?.[1] ?? null;
}
