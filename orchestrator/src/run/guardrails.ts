import type { CommandRecord, GuardrailStatus, Manifest } from './manifestTypes.ts';

/** What marks a stage as a guardrail, in its lowercased id, title or command (artifact contract, section 3.3). */
const MARKS = ['spec-guard', 'specguardrunner'];

/**
 * Tells from the stages of a finished run whether a guardrail has passed, and what to do when none has. Pure.
 * Rules: artifact contract, section 3.3; the wording is ours.
 */
export function computeGuardrailStatus(
  manifest: Pick<Manifest, 'commands' | 'guardrails_required'>,
  now: Date,
): GuardrailStatus {
  const guardrails = manifest.commands.filter(isGuardrail);
  const counts = countStatuses(guardrails);
  return {
    present: counts.succeeded > 0,
    recommendation: recommendation(guardrails, counts, manifest.guardrails_required !== false),
    summary: `Guardrails: ${outcome(counts)}.`,
    computed_at: now.toISOString(),
    counts,
  };
}

/**
 * The run summary with the guardrail line as its last line, in place of any earlier one. When no guardrail passed
 * and something can be done about it, the recommendation stands before that line. Applying it twice changes
 * nothing. Pure.
 */
export function withGuardrailLine(summary: string | null, status: GuardrailStatus): string {
  const lines = summary ? summary.split('\n').filter((line) => !isGuardrailLine(line)) : [];
  const advice = guardrailAdvice(status);
  if (advice !== null && !lines.join('\n').includes(advice)) lines.push(advice);
  return [...lines, status.summary].join('\n');
}

/** What the user should do about the guardrails, for a warning; null when one passed or nothing is expected. */
export function guardrailAdvice(status: GuardrailStatus): string | null {
  return status.present ? null : status.recommendation;
}

function isGuardrail(command: CommandRecord): boolean {
  const text = `${command.id} ${command.title} ${command.command ?? ''}`.toLowerCase();
  return MARKS.some((mark) => text.includes(mark));
}

function isGuardrailLine(line: string): boolean {
  return line.toLowerCase().startsWith('guardrails:');
}

function countStatuses(guardrails: CommandRecord[]): GuardrailStatus['counts'] {
  const count = (status: CommandRecord['status']) =>
    guardrails.filter((command) => command.status === status).length;
  const total = guardrails.length;
  const succeeded = count('succeeded');
  const failed = count('failed');
  const skipped = count('skipped');
  return { total, succeeded, failed, skipped, other: total - succeeded - failed - skipped };
}

function recommendation(
  guardrails: CommandRecord[],
  counts: GuardrailStatus['counts'],
  required: boolean,
): string | null {
  if (counts.failed > 0) {
    const failed = guardrails.filter((command) => command.status === 'failed').map((command) => command.id);
    return `Fix what guardrail ${failed.join(', ')} reports, then resume the run.`;
  }
  if (counts.total === 0 && required) {
    return 'Add a stage that runs spec-guard, or set "guardrailsRequired": false in the pipeline.';
  }
  return null;
}

function outcome({ total, succeeded, failed, skipped, other }: GuardrailStatus['counts']): string {
  if (total === 0) return 'none found';
  if (failed > 0) return `${failed} of ${total} failed`;
  if (succeeded === total) return `${total} of ${total} succeeded`;
  if (skipped === total) return `${total} of ${total} skipped`;
  const rest = [skipped > 0 ? `${skipped} skipped` : '', other > 0 ? `${other} not finished` : ''];
  return [`${succeeded} of ${total} succeeded`, ...rest.filter((part) => part !== '')].join(', ');
}
