/** Another limit for a loop that used up its own, by the word for its end. */
const MORE: ReadonlyMap<string, string> = new Map([
  ['max_iterations', '--max-iterations'],
  ['max_minutes', '--max-minutes'],
  ['max_tokens', '--max-tokens'],
]);

/** The words for the end of a loop that refused to begin. */
const REFUSED: ReadonlySet<string | null> = new Set(['no_validator', 'invalid_config']);

/**
 * The command that goes on with a run; null when it would only end once more as before.
 *
 * @param loopStatus how the loop ended by which the run did, as in `final.status`; null for any other run
 */
export function resumeCommand(runId: string, loopStatus: string | null): string | null {
  if (isRefusal(loopStatus)) return null;
  const flag = MORE.get(loopStatus ?? '');
  return `codex-orchestrator resume --run ${runId}${flag === undefined ? '' : ` ${flag} <more>`}`;
}

/** Whether a loop ended with its options, before there was anything to do. */
export function isRefusal(loopStatus: string | null): boolean {
  return REFUSED.has(loopStatus);
}
