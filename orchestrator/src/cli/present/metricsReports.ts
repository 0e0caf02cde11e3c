import type { Difference } from '../metricsCommand/compareMetrics.ts';
import type { Rebuild } from '../metricsCommand/rebuildMetrics.ts';
import type { LeftAlone, Repair, RepairAction } from '../metricsCommand/repairMetrics.ts';
import type { Verification } from '../metricsCommand/verifyMetrics.ts';
import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import type { Style } from './style.ts';

const MOST_DIFFERENCES = 40;

/** What `metrics verify` found. */
export function verificationLines(verification: Verification, style: Style): string[] {
  const { taskId, runs, differences, damaged, checkpointTrouble, durationMs } = verification;
  if (verification.isEmpty) return [`Nothing to verify: there are no metrics of task "${taskId}" yet.`];
  const read = `${many(runs, 'run', 'runs')} of task ${taskId} counted anew in ${formatDuration(durationMs)}`;
  const rest = differences.length - MOST_DIFFERENCES;
  const files = new Set(differences.map(({ file }) => file)).size;
  return [
    ...differences.slice(0, MOST_DIFFERENCES).map(differenceLine),
    ...(rest > 0 ? [`… and ${many(rest, 'difference', 'differences')} more`] : []),
    ...damaged.first.map(({ line, reason }) => `metrics.json, line ${line} does not count: ${reason}`),
    ...(damaged.count > damaged.first.length
      ? [`… and ${many(damaged.count - damaged.first.length, 'line', 'lines')} more that do not count`]
      : []),
    ...(checkpointTrouble === null ? [] : [`The next run counts all again: ${checkpointTrouble}.`]),
    differences.length === 0
      ? `${style.green('Everything agrees')}: ${read}.`
      : `${style.red(many(differences.length, 'difference', 'differences'))} in ${many(files, 'file', 'files')}: ${read}.`,
    ...adviceLines(differences),
  ];
}

function adviceLines(differences: readonly Difference[]): string[] {
  const kinds = new Set(differences.map(({ kind }) => kind));
  const isAnyRebuilt = differences.some(({ kind }) => kind !== 'kept' && kind !== 'unfinished');
  const others = kinds.has('kept') ? 'the others' : 'them';
  return [
    ...(kinds.has('unfinished')
      ? ['The next run closes the unfinished line, or `codex-orchestrator metrics repair`.']
      : []),
    ...(kinds.has('kept')
      ? ['The baseline is kept as it was written; delete the file and rebuild to have it counted anew.']
      : []),
    ...(isAnyRebuilt ? [`\`codex-orchestrator metrics rebuild\` writes ${others} anew.`] : []),
  ];
}

function differenceLine(difference: Difference): string {
  const file = printable(difference.file);
  switch (difference.kind) {
    case 'missing':
      return `${file}: it is missing`;
    case 'damaged':
      return `${file}: it is damaged`;
    case 'unfounded':
      return `${file}: the history has nothing that it could be about`;
    case 'unfinished':
      return `${file}: the last line is unfinished, ${many(difference.bytes, 'byte', 'bytes')} without a newline`;
    case 'field':
    case 'kept': {
      const { field, stored, recomputed } = difference;
      if (field === 'covered' && typeof stored === 'number' && typeof recomputed === 'number')
        return `${file} covers ${count(stored)} of ${many(recomputed, 'byte', 'bytes')} of metrics.json`;
      return `${file}: ${printable(field)} is ${valueText(stored)}, recomputed ${valueText(recomputed)}`;
    }
    default:
      return difference satisfies never;
  }
}

function valueText(value: unknown): string {
  return value === undefined ? 'missing' : printable(JSON.stringify(value));
}

/** What `metrics rebuild` did. */
export function rebuildLines(rebuild: Rebuild): string[] {
  const { taskId, runs, bytes, merged, replaced, removed, durationMs } = rebuild;
  const nothing =
    removed.length === 0
      ? `Nothing to count: task "${taskId}" has not recorded any run yet.`
      : `There is no run of task "${taskId}" to count: metrics.json is missing, or no line of it counts.`;
  return [
    ...(merged > 0 ? [`Took ${many(merged, 'entry', 'entries')} out of the queue.`] : []),
    ...removed.map((file) => `Removed ${printable(file)}: the history has nothing that it could be about.`),
    ...(replaced === null ? [] : [`Wrote ${printable(replaced)} anew: it could not be understood.`]),
    runs === 0
      ? nothing
      : `Counted ${many(runs, 'run', 'runs')} of task ${taskId} anew, from ${many(bytes, 'byte', 'bytes')} of history, in ${formatDuration(durationMs)}.`,
  ];
}

/** What `metrics repair` did, one line each, and what it left alone. */
export function repairLines({ taskId, isEmpty, actions, left }: Repair, style: Style): string[] {
  if (isEmpty) return [`Nothing to repair: task "${taskId}" has neither runs nor metrics.`];
  return [
    ...(actions.length === 0 ? ['Nothing to repair.'] : actions.map(actionLine)),
    ...left.map((each) => `${style.yellow('left alone:')} ${leftLine(each)}`),
  ];
}

function actionLine(action: RepairAction): string {
  switch (action.kind) {
    case 'recovered':
      return `Brought back ${many(action.files, 'entry', 'entries')} that a killed run was about to queue.`;
    case 'discarded':
      return `Removed ${many(action.files, 'unfinished entry', 'unfinished entries')} from the queue.`;
    case 'merged':
      return `Took ${many(action.entries, 'entry', 'entries')} out of the queue into metrics.json.`;
    case 'updated': {
      const why = action.reason === null ? '' : `; counted all again, because ${action.reason}`;
      return `Brought the aggregates up to date: they count ${many(action.runs, 'run', 'runs')}${why}.`;
    }
    case 'swept':
      return `Removed ${many(action.files, 'temporary file', 'temporary files')} of killed processes.`;
    case 'recorded':
      return `Recorded run ${action.runId}: it had ended, but its metrics were missing.`;
    case 'marked':
      return `Marked run ${action.runId} as recorded: its metrics were there, but its manifest did not say so.`;
    case 'unannounced':
      return `Forgot that run ${action.runId} was about to be added to runs.json: it was killed before its summary was written.`;
    case 'indexed':
      return `Added run ${action.runId} to runs.json.`;
    default:
      return action satisfies never;
  }
}

function leftLine(left: LeftAlone): string {
  if (left.kind === 'owned') return `run ${left.runId} is being worked on by ${printable(left.owner)}`;
  const remedy =
    left.remedy === 'rebuild'
      ? '`codex-orchestrator metrics rebuild` writes it anew'
      : 'restore it from a backup, or move it away and repair again';
  return `${printable(left.file)} is damaged: ${remedy}`;
}

function many(value: number, one: string, several: string): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
