import type { RunSnapshot } from '../../run/readSnapshot.ts';
import { elapsedMs } from './recordedTime.ts';
import type { Paint, Style } from './style.ts';

/** Status and liveness of a run in short: `succeeded`, `in_progress, live`, `queued, dead`. */
export function runState({ manifest, liveness }: RunSnapshot): string {
  return liveness.state === 'ended' ? manifest.status : `${manifest.status}, ${liveness.state}`;
}

/** The colour of that state. */
export function statusPaint({ manifest, liveness }: RunSnapshot, style: Style): Paint {
  if (liveness.state === 'live') return style.cyan;
  if (manifest.status === 'succeeded') return style.green;
  return manifest.status === 'failed' ? style.red : style.yellow;
}

/**
 * Ms from the start of a run to its end, or to `nowMs` (epoch ms) while it is worked on. Null when nobody knows: it
 * died at some moment.
 */
export function runDurationMs({ manifest, liveness }: RunSnapshot, nowMs: number): number | null {
  return elapsedMs(manifest.started_at, liveness.state === 'live' ? nowMs : manifest.completed_at);
}
