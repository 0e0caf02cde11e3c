import type { RunSnapshot } from '../../run/readSnapshot.ts';
import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import { loopPlace, type LoopReading } from './loopStatus.ts';
import { elapsedMs } from './recordedTime.ts';
import { count } from './runLines.ts';

/**
 * A run under way in one line: `in_progress · 1 of 3 stages done · test running for 12.3 s`, with a loop also
 * `iteration 3 of 88, agent`. `nowMs` is epoch ms.
 */
export function progressLine({ manifest }: RunSnapshot, nowMs: number, loop: LoopReading | null): string {
  const { status, commands } = manifest;
  const done = commands.filter(
    (command) => command.status !== 'pending' && command.status !== 'running',
  ).length;
  const running = commands
    .filter((command) => command.status === 'running')
    .map((command) => {
      const ms = elapsedMs(command.started_at, nowMs);
      return `${printable(command.id)} running${ms === null ? '' : ` for ${formatDuration(ms)}`}`;
    });
  return [
    printable(status),
    `${done} of ${count(commands.length, 'stage')} done`,
    ...running,
    ...loopPlace(loop),
  ].join(' · ');
}
