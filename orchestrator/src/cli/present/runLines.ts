import { builtinEndings, builtinWords, canGoOn, isToldAtTheEnd, loopStatePath } from './builtinEnding.ts';
import { cutCells } from './cells.ts';
import { formatDuration } from './duration.ts';
import { printable, printableLines } from './printable.ts';
import type { RunProgress, RunView, StageProgress } from './runProgress.ts';
import { stageTree } from './runProgress.ts';
import { shellWord } from './shellWord.ts';
import type { Style } from './style.ts';

const TAIL_LINES = 20;
const LONGEST_CAUSE = 100;

/** The first line of a run: tool, version, pipeline, how many stages, run id. */
export function headerLine(run: RunView, version: string, style: Style): string {
  const kept = run.stages.filter((stage) => stage.kept).length;
  const parts = [
    `${style.bold('codex-orchestrator')} ${version}`,
    style.bold(printable(run.pipelineId)),
    count(run.stages.length, 'stage'),
    `run ${run.runId}`,
    ...(run.resumed ? [`resumed, ${kept} kept`] : []),
  ];
  return parts.join(' · ');
}

/** How a stage ended, in words that follow its name: `failed with exit code 1`. Empty for a plain success. */
export function stageOutcome(stage: StageProgress): string {
  switch (stage.status) {
    case 'succeeded':
      return stage.flaky ? `flaky: passed on attempt ${stage.attempt}` : '';
    case 'skipped':
      return `${cause(stage)}, tolerated`;
    case 'failed':
      return cause(stage);
    case 'pending':
    case 'running':
      return '';
    default:
      return stage.status satisfies never;
  }
}

/**
 * For every stage that made the run fail: its last output, where all of it is, and how to read it. A builtin stage has
 * shown its output; where the end of the run says how it ended, nothing is left to say.
 */
export function failureLines(progress: RunProgress, style: Style): string[] {
  return [...stageTree(progress)]
    .filter(({ stage }) => stage.status === 'failed' && stage.kind === 'command' && !stage.kept)
    .filter(({ run, stage }) => !isToldAtTheEnd(run, stage))
    .flatMap(({ run, stage }) => ['', ...failedStage(run, stage, style)]);
}

/**
 * How the run ended and where its evidence is; for a run that did not succeed also the next step. What a builtin stage
 * says of its end comes first.
 */
export function endingLines(run: RunView, style: Style): string[] {
  if (run.end === null) return [];
  const state = loopStatePath(run);
  const failed = run.stages.filter((stage) => stage.status === 'failed' && isToldAtTheEnd(run, stage));
  const places = [
    ...(state === null ? [] : [['State', state]]),
    ['Manifest', run.manifestPath],
    ['Log', run.logPath],
    ...failed.map((stage) => ['Show', `codex-orchestrator logs ${run.runId} ${shellWord(stage.id)}`]),
    ...(canGoOn(run) ? [['Resume', `codex-orchestrator resume --run ${run.runId}`]] : []),
  ];
  return [
    ...builtinEndings(run, style),
    endSentence(run, run.end, style),
    ...places.map(([name = '', value = '']) => `  ${`${name}:`.padEnd(9)} ${value}`),
  ];
}

export function cancellingLine(reason: string, graceMs: number, style: Style): string {
  const why = reason === '' ? '' : ` (${printable(reason)})`;
  const grace =
    graceMs > 0 ? `, at most ${formatDuration(graceMs)}; press Ctrl-C again to end it at once` : '';
  return style.yellow(`Stopping${why}${grace}`);
}

/** A warning, further lines indented. */
export function warningLines(message: string, style: Style): string[] {
  const [first = '', ...rest] = printableLines(message);
  return [`${style.yellow('warning:')} ${first}`, ...rest.map((line) => `  ${line}`)];
}

/** `1 stage`, `2 stages`. */
export function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`;
}

function endSentence(run: RunView, end: NonNullable<RunView['end']>, style: Style): string {
  const time = formatDuration(end.durationMs);
  switch (end.status) {
    case 'succeeded':
      return `${style.green('Run succeeded')} in ${time}.`;
    case 'failed':
      return `${style.red('Run failed')} after ${time}${detail(run)}.`;
    case 'cancelled':
      return `${style.yellow('Run cancelled')} after ${time}.`;
    case 'queued':
    case 'in_progress':
      return `${style.yellow('Run not finished')} after ${time}${detail(run)}.`;
    default:
      return end.status satisfies never;
  }
}

function failedStage(run: RunView, stage: StageProgress, style: Style): string[] {
  return [
    ...(stage.builtin ? failedBuiltin(stage, style) : failedCommand(stage, style)),
    ...(stage.logPath === null ? [] : [`  Log:  ${stage.logPath}`]),
    `  Show: codex-orchestrator logs ${run.runId} ${shellWord(stage.id)}`,
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

/**
 * Why a stage failed. 128 stands for any signal, so only the stage's own summary can tell which one it was; and a
 * process that was made to end may still choose its exit code.
 */
function cause(stage: StageProgress): string {
  const [summary = ''] = printableLines(stage.summary ?? '');
  const wasStopped = /^(Timed out|Cancelled)/.test(summary);
  const hasOwnCode = stage.exitCode !== null && (stage.exitCode !== 128 || stage.signal === null);
  if (hasOwnCode && !wasStopped) {
    const attempts = stage.attempt > 1 ? `, ${stage.attempt} attempts` : '';
    return `exit code ${stage.exitCode}${attempts}`;
  }
  if (stage.signal && !wasStopped) return `ended by ${stage.signal}`;
  if (summary !== '') return cutCells(summary.replace(/\.$/, ''), LONGEST_CAUSE);
  return stage.exitCode === 128 ? 'ended by a signal' : 'failed';
}

function detail(run: RunView): string {
  const failed = run.stages
    .filter((stage) => stage.status === 'failed' && !stage.kept)
    .map((stage) => stage.id);
  if (failed.length > 0) return ` in ${failed.map(printable).join(', ')}`;
  return run.end?.statusDetail ? ` (${printable(run.end.statusDetail)})` : '';
}
