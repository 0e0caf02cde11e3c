import type { CommandDefinition } from './definition.ts';
import { EXEC_EXIT_NOTE, EXIT_CODES, LOOP_EXIT_CODES, type ExitCode } from './exitCodes.ts';
import { renderTable } from './present/table.ts';

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CODEX_ORCHESTRATOR_ROOT', 'repository root (default: the current folder)'],
  ['CODEX_ORCHESTRATOR_RUNS_DIR', 'where runs are recorded (default: .runs)'],
  ['CODEX_ORCHESTRATOR_OUT_DIR', 'where snapshots for dashboards go (default: out)'],
  [
    'CODEX_ORCHESTRATOR_CACHE_DIR',
    'where results of stages are kept (default: .cache where runs are recorded)',
  ],
  ['CODEX_ORCHESTRATOR_TARGET_STAGE', 'the same as --target'],
  ['MCP_RUNNER_TASK_ID', 'the same as --task'],
  ['CODEX_ORCHESTRATOR_DEBUG=1', 'show the stack trace of an internal error'],
  ['NO_COLOR, FORCE_COLOR', 'switch colours off or on'],
];

/** What the help of the program says below its list of commands. */
export function programHelp(): string {
  return [
    '',
    'Exit codes:',
    ...codeTable(EXIT_CODES),
    `  ${EXEC_EXIT_NOTE}`,
    '',
    'Exit codes of rlm, and of runs that fail by their loop:',
    ...codeTable(LOOP_EXIT_CODES),
    '',
    'Environment:',
    ...renderTable(ENVIRONMENT),
    '',
    'First run: codex-orchestrator start diagnostics',
  ].join('\n');
}

function codeTable(codes: readonly ExitCode[]): string[] {
  return renderTable(
    codes.map(({ code, meaning }) => [String(code), meaning]),
    { right: [0] },
  );
}

/** What the help of a subcommand says below its options. */
export function commandHelp({ examples }: CommandDefinition): string {
  if (examples.length === 0) return '';
  return ['', 'Examples:', ...examples.map((example) => `  codex-orchestrator ${example}`)].join('\n');
}
