import type { RunEvent } from '../../run/events.ts';

/** One line of `exec --jsonl`: `{type, timestamp, payload}`, payload keys in camel case; null for events it leaves out. */
export function execEventLine(event: RunEvent): string | null {
  const facts = payloadOf(event);
  if (facts === null) return null;
  return JSON.stringify({ type: facts.type, timestamp: event.timestamp, payload: facts.payload });
}

function payloadOf(event: RunEvent): { type: string; payload: Record<string, unknown> } | null {
  switch (event.type) {
    case 'stage:started':
      return {
        type: 'exec:begin',
        payload: { runId: event.runId, taskId: event.taskId, command: event.title, logPath: event.logPath },
      };
    case 'stage:output':
      return {
        type: 'exec:chunk',
        payload: { stream: event.stream, bytes: event.data.length, data: event.data.toString('utf8') },
      };
    case 'stage:completed':
      return {
        type: 'exec:end',
        payload: {
          exitCode: event.exitCode,
          signal: event.signal,
          durationMs: event.durationMs,
          status: event.status === 'succeeded' ? 'succeeded' : 'failed',
        },
      };
    case 'warning':
      return { type: 'exec:warning', payload: { message: event.message } };
    default:
      return null;
  }
}
