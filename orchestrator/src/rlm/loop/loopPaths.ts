import path from 'node:path';
import type { AgentRole } from '../types.ts';

/** Absolute paths of the files of one loop, all in the folder `rlm` of its run. */
export interface LoopPaths {
  dir: string;
  statePath: string;
  /** How the files under protection were when the loop began. */
  protectedPath: string;
  /** A goal that is too long for a prompt. */
  goalPath: string;
  /** Everything that the agent printed in iteration `n`. */
  agentLog(n: number): string;
  validatorLog(n: number): string;
  /** What the agent was told. */
  prompt(n: number, role: AgentRole): string;
}

/** @param runDir absolute path of the run directory */
export function loopPaths(runDir: string): LoopPaths {
  const dir = path.join(runDir, 'rlm');
  return {
    dir,
    statePath: path.join(dir, 'state.json'),
    protectedPath: path.join(dir, 'protected.json'),
    goalPath: path.join(dir, 'goal.md'),
    agentLog: (n) => path.join(dir, `agent-${n}.jsonl`),
    validatorLog: (n) => path.join(dir, `validator-${n}.log`),
    prompt: (n, role) => path.join(dir, `prompt-${n}${role === 'agent' ? '' : `-${role}`}.md`),
  };
}
