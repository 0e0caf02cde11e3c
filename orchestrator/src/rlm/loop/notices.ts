import type { PromptNotice } from '../prompt/promptInput.ts';
import { judgeProgress } from './progressWatch.ts';
import type { StateStore } from './stateStore.ts';

/**
 * What the next prompt has to say about the iterations before it, beyond their history.
 *
 * @param interrupted somebody worked on the next iteration already
 */
export function noticesFor({ state }: Pick<StateStore, 'state'>, interrupted: boolean): PromptNotice[] {
  const notices: PromptNotice[] = interrupted ? [{ kind: 'resumed' }] : [];
  const last = state.iterations.at(-1);
  if (last === undefined) return notices;
  const progress = judgeProgress(state.iterations);
  if (progress.kind === 'repeating') notices.push({ kind: 'no-progress' });
  if (progress.kind === 'oscillating') notices.push({ kind: 'oscillation' });
  if (last.agentEnded === 'timed-out') notices.push({ kind: 'agent-cut', by: 'time' });
  if (last.agentEnded === 'out-of-tokens') notices.push({ kind: 'agent-cut', by: 'tokens' });
  if (state.protectedFilesChanged.length > 0) {
    notices.push({ kind: 'protected-changed', files: state.protectedFilesChanged });
  }
  if (state.validatorFilesChanged.length > 0) {
    notices.push({ kind: 'validator-changed', files: state.validatorFilesChanged });
  }
  return notices;
}
