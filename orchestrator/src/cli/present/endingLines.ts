import { builtinEndings, goOnCommand, isToldAtTheEnd, loopLogs, loopStatePath } from './builtinEnding.ts';
import { cancelledBy } from './cancelledBy.ts';
import { formatDuration } from './duration.ts';
import { placeLines, type Place } from './placeLines.ts';
import { printable } from './printable.ts';
import { profileText } from './profileText.ts';
import type { RunProgress, RunView } from './runProgress.ts';
import type { Style } from './style.ts';

/**
 * How the run ended and where its evidence is; for a run that did not succeed also the next step. What a builtin stage
 * says of its end comes first. `verbose`: also what the run cost beyond its stages.
 */
export function endingLines(progress: RunProgress, style: Style, verbose = false): string[] {
  const [run] = progress.runs;
  if (run === undefined || run.end === null) return [];
  const state = loopStatePath(run);
  const told = run.stages.filter((stage) => isToldAtTheEnd(progress, run, stage));
  const goOn = goOnCommand(progress);
  return [
    ...builtinEndings(progress, style),
    endSentence(run, run.end, style),
    ...placeLines([
      ...told.flatMap(loopLogs),
      ...(state === null ? [] : [['State', state] satisfies Place]),
      ['Manifest', run.manifestPath],
      ['Log', run.logPath],
      ...(verbose ? [['Profile', profileText(run.end.profile)] satisfies Place] : []),
      ...(goOn === null ? [] : [['Resume', goOn] satisfies Place]),
    ]),
  ];
}

function endSentence(run: RunView, end: NonNullable<RunView['end']>, style: Style): string {
  const time = formatDuration(end.durationMs);
  switch (end.status) {
    case 'succeeded':
      return `${style.green('Run succeeded')} in ${time}.`;
    case 'failed':
      return `${style.red('Run failed')} after ${time}${detail(run)}.`;
    case 'cancelled':
      return `${style.yellow('Run cancelled')} after ${time}${withSpace(cancelledBy(end.summary))}.`;
    case 'queued':
    case 'in_progress':
      return `${style.yellow('Run not finished')} after ${time}${detail(run)}.`;
    default:
      return end.status satisfies never;
  }
}

function withSpace(words: string | null): string {
  return words === null ? '' : ` ${words}`;
}

function detail(run: RunView): string {
  const failed = run.stages
    .filter((stage) => stage.status === 'failed' && !stage.kept)
    .map((stage) => stage.id);
  if (failed.length > 0) return ` in ${failed.map(printable).join(', ')}`;
  return run.end?.statusDetail ? ` (${printable(run.end.statusDetail)})` : '';
}
