import type { CheckpointList } from '../../rlm/workspace/listCheckpoints.ts';
import type { RestorePlan, RestoreResult } from '../../rlm/workspace/restore.ts';
import { printable } from './printable.ts';
import { localTime } from './recordedTime.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

type File = RestorePlan['losses'][number];

const MOST_FILES = 40;

/** The checkpoints of a run, and how to restore one. */
export function checkpointLines(runId: string, found: CheckpointList, style: Style): string[] {
  if (found.kind === 'no-git') {
    return [`Run ${runId} has no checkpoints: they need git.`, `  ${printable(found.reason)}`];
  }
  const { checkpoints } = found;
  if (checkpoints.length === 0) return [`Run ${runId} has no checkpoints.`];
  const rows = checkpoints.map(({ name, recordedAt, filesChanged }) => [
    printable(name),
    localTime(recordedAt),
    filesChanged === null ? '' : count(filesChanged),
  ]);
  const titles = ['before iteration', 'recorded', 'changed until the next'].map(style.dim);
  return [
    ...renderTable([titles, ...rows], { indent: '' }),
    `Restore one with \`codex-orchestrator rlm restore --run ${runId} --iteration <n>\`.`,
  ];
}

/** What a restore would do to the files, named from `repoRoot`: `+` brought back, `~` overwritten, `−` deleted. */
export function lossLines(
  { checkpoint, losses, repository }: RestorePlan,
  { runId, repoRoot }: { runId: string; repoRoot: string },
  style: Style,
): string[] {
  const rest = losses.length - MOST_FILES;
  return [
    `${state(checkpoint.name)} of run ${runId}, recorded ${localTime(checkpoint.recordedAt)}, in ${printable(repoRoot)}:`,
    ...losses.slice(0, MOST_FILES).map((file) => `  ${fileLine(file, style)}`),
    ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
    `${count(losses.length)}: ${tally(losses)}.`,
    ...(repository.folder === ''
      ? []
      : [`A checkpoint is of the whole repository in ${printable(repository.workTree)}.`]),
  ];
}

/** How a restore ended and how to undo it. `result` is null when there was nothing to do. */
export function restoredLines(
  { runId, checkpoint }: RestorePlan,
  result: RestoreResult | null,
  style: Style,
): string[] {
  if (result === null) return [`The files are as in checkpoint ${checkpoint.name} already.`];
  const { restored, remaining, undo } = result;
  const warning = [
    `${style.yellow('warning:')} ${count(remaining.length)} could not be made so:`,
    ...remaining.slice(0, MOST_FILES).map((file) => `  ${fileLine(file, style)}`),
  ];
  return [
    `Restored ${count(restored.length - remaining.length)}.`,
    ...(remaining.length > 0 ? warning : []),
    `Undo it with \`codex-orchestrator rlm restore --run ${runId} --iteration ${undo}\`.`,
  ];
}

function state(name: string): string {
  return /^\d+$/.test(name) ? `Before iteration ${name}` : printable(name);
}

function fileLine({ path, kind }: File, style: Style): string {
  const name = printable(path);
  if (kind === 'added') return `${style.green('+')} ${name}`;
  return kind === 'modified' ? `${style.yellow('~')} ${name}` : `${style.red('−')} ${name}`;
}

function tally(files: readonly File[]): string {
  const number = (kind: File['kind']): number => files.filter((file) => file.kind === kind).length;
  const parts: [number, string][] = [
    [number('added'), 'brought back'],
    [number('modified'), 'overwritten'],
    [number('deleted'), 'deleted'],
  ];
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, what]) => `${amount} ${what}`)
    .join(', ');
}

function count(files: number): string {
  return `${files} file${files === 1 ? '' : 's'}`;
}
