import { createHash } from 'node:crypto';
import type { ExecSummary } from '../pipeline/finishExec.ts';

/** Status codes and span kind of the OpenTelemetry trace protocol (opentelemetry-proto, trace.proto). */
const STATUS_OK = 1;
const STATUS_ERROR = 2;
const KIND_INTERNAL = 1;

/** An `exec` run as one span in the JSON form of the OTLP/HTTP protocol. Ids derive from the run id. Pure. */
export function spanOf(summary: ExecSummary) {
  const { run, result, command } = summary.payload;
  const endMs = Date.parse(summary.timestamp);
  const digest = createHash('sha256').update(run.id).digest('hex');
  return {
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', 'codex-orchestrator')] },
        scopeSpans: [
          {
            scope: { name: 'codex-orchestrator' },
            spans: [
              {
                traceId: digest.slice(0, 32),
                spanId: digest.slice(32, 48),
                name: 'exec',
                kind: KIND_INTERNAL,
                startTimeUnixNano: nanoseconds(endMs - result.durationMs),
                endTimeUnixNano: nanoseconds(endMs),
                attributes: [
                  attribute('codex.run_id', run.id),
                  attribute('codex.task_id', run.taskId),
                  attribute('process.command', command.argv[0] ?? ''),
                  attribute('process.exit.code', String(result.exitCode ?? '')),
                ],
                status: { code: result.status === 'succeeded' ? STATUS_OK : STATUS_ERROR },
              },
            ],
          },
        ],
      },
    ],
  };
}

function attribute(key: string, value: string) {
  return { key, value: { stringValue: value } };
}

/** Nanoseconds as a string: they exceed what a JSON number holds exactly. */
function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms)) * 1_000_000n}`;
}
