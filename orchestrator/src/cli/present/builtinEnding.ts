import path from 'node:path';
import { printable, printableLines } from './printable.ts';
import { resumeCommand } from './resumeCommand.ts';
import { findRun, stageTree, type RunProgress, type RunView, type StageProgress } from './runProgress.ts';
import { wasCancelled } from './settledLook.ts';
import type { Paint, Style } from './style.ts';

/** What a builtin stage says of its end, in lines: a sentence, then warnings. Empty when it said nothing. */
export function builtinWords(stage: StageProgress, style: Style): string[] {
  const [sentence, ...warnings] = printableLines(stage.summary ?? '').filter((line) => line !== '');
  if (sentence === undefined) return [];
  return [sentence, ...warnings.map((line) => style.yellow(`warning: ${line}`))];
}

/**
 * Whether the end of the whole run says how this stage ended. A stage of a child run by which the whole run failed has
 * a block of its own instead.
 */
export function isToldAtTheEnd(progress: RunProgress, run: RunView, stage: StageProgress): boolean {
  const hasWords = hasEnded(stage) && stage.summary !== null && stage.summary.trim() !== '';
  const hasBlock = run.depth > 0 && stage.status === 'failed' && progress.runs[0]?.end?.status === 'failed';
  return hasWords && !hasBlock;
}

/** What stands before the status of a run: how its builtin stages ended, those of child runs with the name of the child. */
export function builtinEndings(progress: RunProgress, style: Style): string[] {
  return [...stageTree(progress)]
    .filter(({ run, stage }) => isToldAtTheEnd(progress, run, stage))
    .flatMap(({ run, stage }) => {
      const [sentence = '', ...warnings] = builtinWords(stage, style);
      const paint = sentencePaint(run, stage, style);
      if (run.depth === 0) return [paint(sentence), ...warnings];
      return [
        `${printable(nameOf(progress, run))}: ${paint(sentence)}`,
        ...warnings.map((line) => `  ${line}`),
      ];
    });
}

/** The command that goes on with the user's own run; null when it succeeded or would only end once more as before. */
export function goOnCommand(progress: RunProgress): string | null {
  const [run] = progress.runs;
  if (run === undefined || run.end === null || run.end.status === 'succeeded') return null;
  const stage = stoppingStage(progress, run);
  if (stage?.builtin === true && NOT_STARTED.has(stage.exitCode)) return null;
  return resumeCommand(run.runId, stage?.loop?.progress.ending?.status ?? null);
}

/** Exit codes of a loop without a validator, and of one with invalid options. */
const NOT_STARTED: ReadonlySet<number | null> = new Set([2, 5]);

/** Where the loop of a run keeps its state, repository-relative; null for a run without one. */
export function loopStatePath(run: RunView): string | null {
  return run.stages.some(hasEnded) ? path.posix.join(path.posix.dirname(run.manifestPath), LOOP_STATE) : null;
}

const LOOP_STATE = 'rlm/state.json';

/** Where the reason for the end of a loop that failed can be read: names and repository-relative paths. */
export function loopLogs(stage: StageProgress): [name: string, path: string][] {
  const ending = stage.loop?.progress.ending ?? null;
  if (ending === null || stage.status === 'succeeded' || wasCancelled(stage)) return [];
  const logs: [string, string | null][] = [
    ['Validator', ending.validatorLog],
    ['Agent', ending.agentLog],
  ];
  return logs.flatMap(([name, file]): [string, string][] => (file === null ? [] : [[name, printable(file)]]));
}

/** The stage by which a run did not succeed, down to that of a child run. */
function stoppingStage(progress: RunProgress, run: RunView): StageProgress | undefined {
  const stage = run.stages.find(({ status, kept }) => status === 'failed' && !kept);
  const child = typeof stage?.subRunId === 'string' ? findRun(progress, stage.subRunId) : undefined;
  return (child && stoppingStage(progress, child)) ?? stage;
}

function hasEnded(stage: StageProgress): boolean {
  return stage.builtin && !stage.kept && stage.durationMs !== null;
}

/** The stage that a child run is for its parent; there may be several with the same pipeline. */
function nameOf(progress: RunProgress, { runId, pipelineId }: RunView): string {
  const stages = progress.runs.flatMap((run) => run.stages);
  return stages.find(({ subRunId }) => subRunId === runId)?.id ?? pipelineId;
}

/** A stage that succeeded may have used up its budget without a proof: its words are not green. */
function sentencePaint(run: RunView, stage: StageProgress, style: Style): Paint {
  if (stage.status === 'succeeded') return style.bold;
  return run.end?.status === 'cancelled' ? style.yellow : style.red;
}
