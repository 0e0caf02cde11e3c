import type { CommandDefinition } from './definition.ts';
import { EXEC_EXIT_NOTE, EXIT_CODES } from './exitCodes.ts';
import { renderTable } from './present/table.ts';

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CODEX_ORCHESTRATOR_ROOT', 'repository root (default: the current folder)'],
  ['CODEX_ORCHESTRATOR_RUNS_DIR', 'where runs are recorded (default: .runs)'],
  ['CODEX_ORCHESTRATOR_OUT_DIR', 'where snapshots for dashboards go (default: out)'],
  ['CODEX_ORCHESTRATOR_TARGET_STAGE', 'the same as --target'],
  ['MCP_RUNNER_TASK_ID', 'the same as --task'],
  ['CODEX_ORCHESTRATOR_DEBUG=1', 'show the stack trace of an internal error'],
  ['NO_COLOR, FORCE_COLOR', 'switch colours off or on'],
];

/** What the help of the program says below its list of commands. */
export function programHelp(): string {
  const codes = EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]);
  return [
    '',
    'Exit codes:',
    ...renderTable(codes, { right: [0] }),
    `  ${EXEC_EXIT_NOTE}`,
    '',
    'Environment:',
    ...renderTable(ENVIRONMENT),
    '',
    'First run: codex-orchestrator start diagnostics',
  ].join('\n');
}

/** What the help of a subcommand says below its options. */
export function commandHelp({ examples }: CommandDefinition): string {
  if (examples.length === 0) return '';
  return ['', 'Examples:', ...examples.map((example) => `  codex-orchestrator ${example}`)].join('\n');
}
