import path from 'node:path';
import { printableLines } from './printable.ts';
import type { RunView, StageProgress } from './runProgress.ts';
import type { Paint, Style } from './style.ts';

/** What a builtin stage says of its end, in lines: a sentence, then warnings. Empty when it said nothing. */
export function builtinWords(stage: StageProgress, style: Style): string[] {
  const [sentence, ...warnings] = printableLines(stage.summary ?? '').filter((line) => line !== '');
  if (sentence === undefined) return [];
  return [sentence, ...warnings.map((line) => style.yellow(`warning: ${line}`))];
}

/** Whether the end of its run says how this stage ended, so that nothing else has to. */
export function isToldAtTheEnd(run: RunView, stage: StageProgress): boolean {
  return run.depth === 0 && hasEnded(stage) && stage.summary !== null && stage.summary.trim() !== '';
}

/** What stands before the status of a run: how its builtin stages ended. */
export function builtinEndings(run: RunView, style: Style): string[] {
  return run.stages
    .filter((stage) => isToldAtTheEnd(run, stage))
    .flatMap((stage) => {
      const [sentence = '', ...warnings] = builtinWords(stage, style);
      return [sentencePaint(run, stage, style)(sentence), ...warnings];
    });
}

/** Whether resuming a run that is over would do anything: a loop that refused its options would refuse them again. */
export function canGoOn({ end, stages }: RunView): boolean {
  if (end === null || end.status === 'succeeded') return false;
  return !stages.some((stage) => hasEnded(stage) && NOT_STARTED.has(stage.exitCode));
}

/** Exit codes of a loop without a validator, and of one with invalid options. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([2, 5]);

/** Where the loop of a run keeps its state, repository-relative; null for a run without one. */
export function loopStatePath(run: RunView): string | null {
  return run.stages.some(hasEnded) ? path.posix.join(path.posix.dirname(run.manifestPath), LOOP_STATE) : null;
}

const LOOP_STATE = 'rlm/state.json';

function hasEnded(stage: StageProgress): boolean {
  return stage.builtin && !stage.kept && stage.durationMs !== null;
}

/** A stage that succeeded may have used up its budget without a proof: its words are not green. */
function sentencePaint(run: RunView, stage: StageProgress, style: Style): Paint {
  if (stage.status === 'succeeded') return style.bold;
  return run.end?.status === 'cancelled' ? style.yellow : style.red;
}
