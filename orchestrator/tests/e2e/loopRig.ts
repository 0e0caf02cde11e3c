import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LoopState } from '../../src/rlm/loop/loopState.ts';
import { parseState } from '../../src/rlm/loop/parseState.ts';
import { type CliResult, type RunningCli, startCli } from '../support/runCli.ts';
import { type CodexRig, TEST_COMMAND } from './codexRig.ts';

/** The task of the runs that {@link startLoop} starts. */
export const TASK = 'fix-add';

/** Starts `codex-orchestrator rlm` with the real Codex in the rig's repository. */
export function startLoop(rig: CodexRig, args: readonly string[] = []): RunningCli {
  return startCli(
    [
      'rlm',
      ...(args.includes('--goal-file') ? [] : ['Make add add.']),
      '--task',
      TASK,
      ...(args.includes('--validator') ? [] : ['--validator', TEST_COMMAND]),
      ...rig.agentArgs.map((arg) => `--agent-arg=${arg}`),
      ...args,
    ],
    { cwd: rig.repo.root, env: { ...rig.env, RLM_AGENT_RETRY_SECONDS: '0.05' } },
  );
}

/** A loop that came to its end. */
export interface EndedLoop extends CliResult {
  state: LoopState;
}

/** As {@link startLoop}, to the end. */
export async function runLoop(rig: CodexRig, args: readonly string[] = []): Promise<EndedLoop> {
  const result = await startLoop(rig, args).exited;
  return { ...result, state: await loopState(rig) };
}

/** `state.json` of the newest run. */
export async function loopState({ repo }: CodexRig): Promise<LoopState> {
  const file = path.join(await repo.runDir({ taskId: TASK }), 'rlm', 'state.json');
  return parseState(JSON.parse(await readFile(file, 'utf8')));
}

/** Whether a Codex of this rig is at work: it has the address of the rig's server among its arguments. */
export function isCodexRunning({ server }: CodexRig): boolean {
  const pattern = new RegExp(`codex exec .*${server.baseUrl}`);
  return pattern.test(execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }));
}
