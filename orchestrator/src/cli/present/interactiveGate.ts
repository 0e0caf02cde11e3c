/** What the decision about the live view depends on. */
export interface GateInput {
  /** Asked for, by flag or because it is the default. */
  requested: boolean;
  /** `--no-interactive`. */
  disabled: boolean;
  format: 'text' | 'json';
  stdoutIsTty: boolean;
  stderrIsTty: boolean;
  env: NodeJS.ProcessEnv;
}

/** `reason` says what switched the live view off; null when it is on. */
export interface GateDecision {
  enabled: boolean;
  reason: string | null;
}

const CI_VALUES = ['1', 'true', 'yes', 'on'];

/** Decides whether the live view may take over the terminal. The order of the checks and the words are fixed. */
export function interactiveGate(input: GateInput): GateDecision {
  const reason = firstObstacle(input);
  return { enabled: reason === null, reason };
}

function firstObstacle(input: GateInput): string | null {
  if (!input.requested) return 'not requested';
  if (input.disabled) return 'flagged off';
  if (input.format === 'json') return 'json format requested';
  if (!input.stdoutIsTty || !input.stderrIsTty) return 'non-tty output streams';
  if (input.env['TERM']?.toLowerCase() === 'dumb') return 'TERM=dumb';
  if (CI_VALUES.includes(input.env['CI'] ?? '')) return 'CI detected';
  return null;
}
