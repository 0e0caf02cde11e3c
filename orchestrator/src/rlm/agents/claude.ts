import type { AgentAdapter, AgentCall } from './adapter.ts';
import { createClaudeReader } from './claudeReader.ts';

/**
 * Claude Code without its terminal (`claude -p`), which reads the prompt from standard input and prints one JSON
 * event per line (see {@link createClaudeReader}).
 *
 * @param settings `args` are passed on after ours. Unless they choose themselves what is permitted, files may be
 * edited without asking; nobody is there to be asked.
 */
export function claudeAdapter(settings: { args: string[] }): AgentAdapter {
  return {
    kind: 'claude',
    name: 'claude',
    output: 'events',
    invocation: (call) => ({
      file: 'claude',
      args: ['-p', '--output-format', 'stream-json', '--verbose', ...permissionArgs(call, settings.args)],
    }),
    createReader: createClaudeReader,
  };
}

function permissionArgs(call: AgentCall, args: string[]): string[] {
  if (!call.mayWrite) return [...withoutMode(args), ...THINK_ONLY];
  return args.some((arg) => PERMISSION_OPTIONS.has(nameOf(arg)))
    ? args
    : [...args, '--permission-mode', 'acceptEdits'];
}

const PERMISSION_OPTIONS = new Set([
  '--permission-mode',
  '--permission-prompt-tool',
  '--dangerously-skip-permissions',
  '--allowedTools',
  '--allowed-tools',
]);

/**
 * For calls that must not write. Plan mode alone would ask for its plan to be approved, by somebody who is not there,
 * and ask again; and tools that the user has allowed would still be allowed.
 */
const THINK_ONLY = [
  '--permission-mode',
  'plan',
  '--disallowedTools',
  'ExitPlanMode,AskUserQuestion,Edit,Write,NotebookEdit',
];

/** Skipping all permissions would win over the mode, wherever it stands. */
function withoutMode(args: string[]): string[] {
  return args.filter((arg, at) => {
    if (args[at - 1] === '--permission-mode') return false;
    const name = nameOf(arg);
    return name !== '--permission-mode' && name !== '--dangerously-skip-permissions';
  });
}

/** `--x=v` is one way to give `--x v`. */
function nameOf(arg: string): string {
  return arg.split('=', 1)[0] ?? arg;
}
