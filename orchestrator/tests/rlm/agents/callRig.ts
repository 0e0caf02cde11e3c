import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentAdapter, AgentNews } from '../../../src/rlm/agents/adapter.ts';
import { AgentLog } from '../../../src/rlm/agents/agentLog.ts';
import {
  callAgent,
  type AgentCallRequest,
  type AgentCallResult,
  type AgentWait,
} from '../../../src/rlm/agents/callAgent.ts';
import { claudeAdapter } from '../../../src/rlm/agents/claude.ts';
import { commandAdapter } from '../../../src/rlm/agents/command.ts';
import { readJsonLinesFile } from '../../support/jsonLinesFile.ts';
import { type FakeStageServer, startFakeStageServer } from '../../support/fakeStageServer.ts';

/** What a test of a call of the agent needs: a folder, fake agents, and a way to call and to cancel. */
export interface CallRig {
  folder: string;
  server: FakeStageServer;
  cancel: AbortController;
  force: AbortController;
  /** What was told during the calls. */
  news: AgentNews[];
  waits: AgentWait[];
  /** How long each wait was, in ms. */
  waited: number[];
  processes: string[];
  /** An agent `claude` that does what the shell text says. */
  claude(script: string): AgentAdapter;
  command(text: string): AgentAdapter;
  call(adapter: AgentAdapter, overrides?: Partial<AgentCallRequest>): Promise<AgentCallResult>;
  /** The lines of the log. */
  log(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Graces are long, so that a test in which something waits for one in vain shows. */
const LONG_MS = 600_000;

export async function openCallRig(): Promise<CallRig> {
  const folder = mkdtempSync(path.join(tmpdir(), 'codex-call-'));
  const server = await startFakeStageServer();
  const promptFile = path.join(folder, 'prompt.md');
  writeFileSync(promptFile, 'the prompt\n');
  const file = path.join(folder, 'agent-1.jsonl');
  const cancel = new AbortController();
  const force = new AbortController();
  const news: AgentNews[] = [];
  const waits: AgentWait[] = [];
  const waited: number[] = [];
  const processes: string[] = [];
  return {
    folder,
    server,
    cancel,
    force,
    news,
    waits,
    waited,
    processes,
    claude: (script) => {
      const program = path.join(folder, 'claude');
      writeFileSync(program, `#!/bin/sh\n${script}\n`);
      chmodSync(program, 0o755);
      return claudeAdapter({ args: [] });
    },
    command: (text) => commandAdapter({ command: text, args: [] }),
    call: async (adapter, overrides) => {
      const log = AgentLog.open({ path: file, output: adapter.output });
      try {
        return await callAgent({
          adapter,
          call: { role: 'agent', mayWrite: true },
          iteration: 1,
          promptFile,
          cwd: folder,
          env: { ...process.env, ...server.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
          log,
          cancellation: { signal: cancel.signal, force: force.signal },
          graceMs: LONG_MS,
          answerGraceMs: LONG_MS,
          timeLeftMs: () => null,
          waitLeftMs: () => null,
          retries: 3,
          retryDelayMs: 10,
          onProcess: ({ kind }) => processes.push(kind),
          onNews: (piece) => news.push(piece),
          onWait: (wait) => waits.push(wait),
          onWaited: (ms) => waited.push(ms),
          ...overrides,
        });
      } finally {
        await log.close();
      }
    },
    log: async () => (await readJsonLinesFile(file)).lines,
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Shell text that does one thing the first time, and another the next times. */
export function firstThen(first: string, then: string): string {
  return `if [ -e was-here ]; then ${then}; else : > was-here; ${first}; fi`;
}
