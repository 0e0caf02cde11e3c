import type { CommandRecord, CommandStatus } from '../../run/manifestTypes.ts';
import type { Paint, Style } from './style.ts';

/** How the status of a stage is shown. */
export interface StageLook {
  mark: string;
  word: string;
  paint: Paint;
}

/** What of a stage says how it ended. */
export type StageEnd = Pick<CommandRecord, 'kind' | 'summary'> & { status: CommandStatus };

type SettledStage = Omit<StageEnd, 'status'> & { status: Exclude<CommandStatus, 'pending' | 'running'> };

/** The look of a stage that is over. What is not over yet looks different while a run works and in its records. */
export function settledLook(stage: SettledStage, style: Style): StageLook {
  switch (stage.status) {
    case 'succeeded':
      return { mark: '✓', word: 'succeeded', paint: style.green };
    case 'failed':
      return wasCancelled(stage)
        ? { mark: '✗', word: 'cancelled', paint: style.yellow }
        : { mark: '✗', word: 'failed', paint: style.red };
    case 'skipped':
      return { mark: '!', word: 'skipped', paint: style.yellow };
    default:
      return stage.status satisfies never;
  }
}

/** A stage that was cancelled counts as failed in its record; only its own words tell the difference. */
export function wasCancelled({ kind, status, summary }: StageEnd): boolean {
  if (status !== 'failed' || summary === null) return false;
  return kind === 'subpipeline' ? CANCELLED_RUN.test(summary) : summary.startsWith('Cancelled ');
}

/** The line of a run's summary that says who cancelled it, or which signal. */
const CANCELLED_RUN = /^Cancelled \((?:SIG[A-Z]+|cancel)\)/m;
