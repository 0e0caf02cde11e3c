import type { CommandStatus } from '../../run/manifestTypes.ts';
import type { Paint, Style } from './style.ts';

/** How the status of a stage is shown. */
export interface StageLook {
  mark: string;
  word: string;
  paint: Paint;
}

/** The look of a stage that is over. What is not over yet looks different while a run works and in its records. */
export function settledLook(status: Exclude<CommandStatus, 'pending' | 'running'>, style: Style): StageLook {
  switch (status) {
    case 'succeeded':
      return { mark: '✓', word: 'succeeded', paint: style.green };
    case 'failed':
      return { mark: '✗', word: 'failed', paint: style.red };
    case 'skipped':
      return { mark: '!', word: 'skipped', paint: style.yellow };
    default:
      return status satisfies never;
  }
}
