import { cutCells } from './cells.ts';
import { formatDuration } from './duration.ts';
import { printable, printableLines } from './printable.ts';
import type { RunView, StageProgress } from './runProgress.ts';
import { wasCancelled } from './settledLook.ts';
import type { Style } from './style.ts';

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
      if (stage.cachedFrom !== null) return `from cache, run ${stage.cachedFrom}`;
      return stage.flaky ? `flaky: passed on attempt ${stage.attempt}` : '';
    case 'skipped':
      return `${cause(stage)}, tolerated`;
    case 'failed':
      return wasCancelled(stage) ? cancellation(stage) : cause(stage);
    case 'pending':
    case 'running':
      return '';
    default:
      return stage.status satisfies never;
  }
}

export function cancellingLine(reason: string, graceMs: number, style: Style): string {
  const isSuperseded = reason === 'superseded';
  const why = reason === '' ? '' : ` (${isSuperseded ? 'files have changed' : printable(reason)})`;
  // Nobody has pressed anything, and Ctrl-C would also end the watching.
  const more = isSuperseded ? '' : '; press Ctrl-C again to end it at once';
  const grace = graceMs > 0 ? `, at most ${formatDuration(graceMs)}${more}` : '';
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

/**
 * Why a stage failed. 128 stands for any signal, so only the stage's own summary can tell which one it was; and a
 * process that was made to end may still choose its exit code.
 */
export function cause(stage: StageProgress): string {
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

/** What follows the word `cancelled`: `SIGINT`, `in iteration 3 of 88 (SIGINT)`. Of a child run its own lines tell. */
function cancellation({ kind, summary }: StageProgress): string {
  if (kind === 'subpipeline') return '';
  const [words = ''] = printableLines(summary ?? '');
  return cutCells(words.replace(/^Cancelled |\.$/g, '').replace(/^\((.*)\)$/, '$1'), LONGEST_CAUSE);
}
