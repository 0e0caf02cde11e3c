import type { ListedRun } from '../../run/listRuns.ts';
import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import { localTime } from './recordedTime.ts';
import { runDurationMs, runState, statusPaint } from './runState.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

const TITLES = ['run', 'task', 'pipeline', 'status', 'started', 'duration', 'stages'];

/** Lines of a table of runs, in the order given. `nowMs` is epoch ms. */
export function runsTable(runs: readonly ListedRun[], { style, nowMs }: RunsTableOptions): string[] {
  const rows = runs.map((run) => [printable(run.runId), printable(run.taskId), ...facts(run, style, nowMs)]);
  return renderTable([TITLES.map(style.dim), ...rows], { right: [5, 6], indent: '' });
}

export interface RunsTableOptions {
  style: Style;
  nowMs: number;
}

function facts(run: ListedRun, style: Style, nowMs: number): string[] {
  if (run.kind === 'damaged') return ['', style.red('damaged'), '', '', ''];
  const { manifest } = run;
  const ms = runDurationMs(run, nowMs);
  const passed = manifest.commands.filter((command) => command.status === 'succeeded').length;
  return [
    printable(manifest.pipeline_id),
    statusPaint(run, style)(printable(runState(run))),
    printable(localTime(manifest.started_at)),
    ms === null ? '' : formatDuration(ms),
    `${passed}/${manifest.commands.length}`,
  ];
}
