import { builtinWords, isToldAtTheEnd, loopLogs, loopStatePath } from './builtinEnding.ts';
import { placeLines, type Place } from './placeLines.ts';
import { printable, printableLines } from './printable.ts';
import { cause } from './runLines.ts';
import { stageTree, type RunProgress, type RunView, type StageProgress } from './runProgress.ts';
import { shellWord } from './shellWord.ts';
import type { Style } from './style.ts';

const TAIL_LINES = 20;

/**
 * For every stage that made the run fail: its last output, where all of it is, and how to read it. A builtin stage has
 * shown its output; where the end of the run says how it ended, nothing is left to say.
 */
export function failureLines(progress: RunProgress, style: Style): string[] {
  return [...stageTree(progress)]
    .filter(({ stage }) => stage.status === 'failed' && stage.kind === 'command' && !stage.kept)
    .filter(({ run, stage }) => !isToldAtTheEnd(progress, run, stage))
    .flatMap(({ run, stage }) => ['', ...failedStage(run, stage, style)]);
}

function failedStage(run: RunView, stage: StageProgress, style: Style): string[] {
  const log: Place[] = stage.logPath === null ? [] : [['Log', stage.logPath]];
  if (!stage.builtin) {
    const show: Place = ['Show', `codex-orchestrator logs ${run.runId} ${shellWord(stage.id)}`];
    return [...failedCommand(stage, style), ...placeLines([...log, show])];
  }
  // Its output has been shown. The end of the whole run names the state of a loop of its own.
  const state = run.depth === 0 ? null : loopStatePath(run);
  return [
    ...failedBuiltin(stage, style),
    ...placeLines([
      ...loopLogs(stage),
      ...(state === null ? [] : [['State', state] satisfies Place]),
      ...log,
    ]),
  ];
}

function failedBuiltin(stage: StageProgress, style: Style): string[] {
  const words = builtinWords(stage, style).map((line) => `  ${line}`);
  return [`${style.red(printable(stage.id))}: ${cause(stage)}.`, ...words];
}

function failedCommand(stage: StageProgress, style: Style): string[] {
  const lines = printableLines(stage.outputTail);
  const shown = lines.slice(-TAIL_LINES);
  const output =
    shown.length === 0
      ? 'It printed nothing.'
      : lines.length > TAIL_LINES
        ? 'Its last lines:'
        : 'Its output:';
  return [
    `${style.red(printable(stage.id))}: ${cause(stage)}. ${output}`,
    ...shown.map((line) => `${style.dim('  |')} ${line}`.trimEnd()),
  ];
}
