import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentNews } from '../../src/rlm/agents/adapter.ts';
import { AgentLog } from '../../src/rlm/agents/agentLog.ts';
import {
  type AgentCallRequest,
  type AgentCallResult,
  type AgentWait,
  callAgent,
} from '../../src/rlm/agents/callAgent.ts';
import { codexAdapter } from '../../src/rlm/agents/codex.ts';
import type { CodexRig } from './codexRig.ts';

export interface CalledCodex {
  result: AgentCallResult;
  news: AgentNews[];
  waits: AgentWait[];
}

export interface CodexCall extends Partial<AgentCallRequest> {
  prompt?: string;
  /** On top of the rig's arguments. */
  args?: string[];
}

/** Calls the real Codex once as the loop does, without a loop. */
export async function callCodex(rig: CodexRig, call: CodexCall = {}): Promise<CalledCodex> {
  const { prompt = 'Make the test pass.', args = [], ...overrides } = call;
  const news: AgentNews[] = [];
  const waits: AgentWait[] = [];
  const folder = await mkdtemp(path.join(tmpdir(), 'call-codex-'));
  const promptFile = path.join(folder, 'prompt.md');
  await writeFile(promptFile, prompt);
  const env = { ...process.env, ...rig.env };
  const adapter = codexAdapter({ args: [...rig.agentArgs, ...args], env });
  const log = AgentLog.open({ path: path.join(folder, 'agent-1.jsonl'), output: adapter.output });
  try {
    const result = await callAgent({
      adapter,
      call: { role: 'agent', mayWrite: true },
      iteration: 1,
      promptFile,
      cwd: rig.repo.root,
      env,
      log,
      cancellation: { signal: new AbortController().signal, force: new AbortController().signal },
      graceMs: 5_000,
      answerGraceMs: 5_000,
      timeLeftMs: () => null,
      waitLeftMs: () => null,
      retries: 2,
      retryDelayMs: 10,
      onProcess: () => {},
      onWait: (wait) => waits.push(wait),
      onWaited: () => {},
      ...overrides,
      onNews: (piece) => {
        news.push(piece);
        call.onNews?.(piece);
      },
    });
    return { result, news, waits };
  } finally {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
}
