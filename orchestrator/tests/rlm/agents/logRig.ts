import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OutputStream } from '../../../src/process/outputSink.ts';
import { AgentLog, type CallOutput, type LoggedCall } from '../../../src/rlm/agents/agentLog.ts';
import { readJsonLinesFile } from '../../support/jsonLinesFile.ts';

/** An agent's log in a temporary folder. */
export interface LogRig {
  folder: string;
  file: string;
  /** Every line that was handed over. */
  seen: unknown[];
  /** Begins a call in a new log, writes the pieces as a command does, and ends both. */
  logOf(output: 'events' | 'text', pieces: Piece[]): Promise<CallOutput>;
  /** The lines of the log between `agent.call` and `agent.exit`. */
  records(): Promise<Record<string, unknown>[]>;
  close(): void;
}

export type Piece = [OutputStream, Buffer | string];

export function openLogRig(): LogRig {
  const folder = mkdtempSync(path.join(tmpdir(), 'codex-agent-log-'));
  const file = path.join(folder, 'agent-1.jsonl');
  const seen: unknown[] = [];
  return {
    folder,
    file,
    seen,
    logOf: async (output, pieces) => {
      const log = AgentLog.open({ path: file, output });
      log.beginCall(callOf((line) => seen.push(line)));
      await writeAll(log, pieces);
      const printed = await log.endCall({ exitCode: 0, signal: null, ended: 'exited', durationMs: 5 });
      await log.close();
      return printed;
    },
    records: async () => {
      const { lines } = await readJsonLinesFile(file);
      return lines.filter(({ type }) => type !== 'agent.call' && type !== 'agent.exit');
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function callOf(onLine: (line: unknown) => void = () => {}): LoggedCall {
  return { iteration: 1, role: 'agent', attempt: 1, command: ['agent', '-p'], onLine };
}

/** Writes as a command does: it stops when asked to, and goes on when there is room. */
export async function writeAll(log: AgentLog, pieces: Piece[]): Promise<void> {
  for (const [stream, chunk] of pieces) {
    if (log.write(stream, Buffer.from(chunk))) continue;
    await new Promise<void>((resolve) => {
      log.onDrain = resolve;
    });
  }
}
