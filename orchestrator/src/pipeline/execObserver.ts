import { OutputTail } from '../process/outputTail.ts';
import type { RunEvent, RunListener } from '../run/events.ts';

/** What the summary of an `exec` run tells about its command beyond the manifest. */
export interface ExecObservation {
  stdout: OutputTail;
  stderr: OutputTail;
  durationMs: number;
  signal: string | null;
}

/** Watches the events of an `exec` run on their way to `next`. */
export function observeExec(next: RunListener): { listener: RunListener; observation: ExecObservation } {
  const observation: ExecObservation = {
    stdout: new OutputTail(),
    stderr: new OutputTail(),
    durationMs: 0,
    signal: null,
  };
  const listener = (event: RunEvent) => {
    if (event.type === 'stage:output') observation[event.stream].push(event.data);
    if (event.type === 'stage:completed') {
      observation.durationMs = event.durationMs;
      observation.signal = event.signal;
    }
    next(event);
  };
  return { listener, observation };
}
