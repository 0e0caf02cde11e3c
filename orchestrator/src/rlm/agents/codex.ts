import type { Command } from '../../process/runCommand.ts';
import { isTruthy } from '../options/isTruthy.ts';
import type { AgentAdapter, AgentCall } from './adapter.ts';
import { createCodexReader } from './codexReader.ts';

export interface CodexSettings {
  /** Passed on after our own. */
  args: string[];
  /** Looked at for `CODEX_REVIEW_DEVTOOLS` (RLM contract, section 6). */
  env: NodeJS.ProcessEnv;
}

/**
 * The Codex CLI without its terminal (`codex exec --json -`), which reads the prompt from standard input and prints
 * one JSON event per line (see {@link createCodexReader}). The prompt may have {@link CODEX_PROMPT_LIMIT} characters.
 *
 * Commands that it runs may write to the repository, and nothing at all in calls that are to think only, unless the
 * arguments choose a sandbox themselves: where none works, as in some containers, it has to be off for every call.
 */
export function codexAdapter({ args, env }: CodexSettings): AgentAdapter {
  return {
    kind: 'codex',
    name: 'codex',
    output: 'events',
    promptLimit: CODEX_PROMPT_LIMIT,
    invocation: (call) => invocation(call, args, isTruthy(env['CODEX_REVIEW_DEVTOOLS'])),
    createReader: createCodexReader,
  };
}

/** Codex 0.169 refuses a longer prompt: "Input exceeds the maximum length of 1048576 characters". */
export const CODEX_PROMPT_LIMIT = 1_048_576;

function invocation(call: AgentCall, args: string[], devtools: boolean): Command {
  const sandbox = args.some(choosesSandbox)
    ? []
    : ['--sandbox', call.mayWrite ? 'workspace-write' : 'read-only'];
  // Codex does not accept a flag twice.
  const flags = FLAGS.filter((flag) => !args.includes(flag));
  return {
    file: 'codex',
    args: [...(devtools ? DEVTOOLS : []), 'exec', ...flags, ...sandbox, ...args, '-'],
  };
}

/** Where the loop runs is the choice of whoever started it: a folder outside git is fine. */
const FLAGS = ['--json', '--skip-git-repo-check'];
const DEVTOOLS = ['-c', 'mcp_servers.chrome-devtools.enabled=true'];

/**
 * Options of `codex exec` that set the sandbox, in all their forms; `--full-auto` is of older releases, `--yolo` a
 * short form of `--dangerously-bypass-approvals-and-sandbox`. A value of `-c` may be the next argument or in the same.
 */
function choosesSandbox(arg: string): boolean {
  return SANDBOX_OPTION.test(arg) || SANDBOX_CONFIG.test(arg);
}

const SANDBOX_OPTION =
  /^(?:-s|--sandbox(?:=|$)|(?:--full-auto|--yolo|--approve-for-me|--dangerously-bypass-approvals-and-sandbox)$)/;
const SANDBOX_CONFIG = /^(?:-c=?|--config=)?\s*(?:sandbox_mode|default_permissions)\s*=/;
