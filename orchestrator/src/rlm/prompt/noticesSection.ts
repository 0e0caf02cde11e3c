import { cut } from './fence.ts';
import type { PromptNotice } from './promptInput.ts';

/** What is out of the ordinary, one paragraph each; null when nothing is. */
export function noticesSection(notices: readonly PromptNotice[]): string | null {
  if (notices.length === 0) return null;
  return ['# Attention', ...notices.map((notice) => `- ${noticeText(notice)}`)].join('\n\n');
}

const MOST_NAMES = 20;
const LONGEST_NAME = 200;

const TEXTS = {
  'no-progress':
    'No progress: the last two iterations ended with the same files and the same failing output. What was tried does not help. Find out why and do something else; if this iteration ends in the same way, the loop stops.',
  oscillation:
    'Going in circles: the last iterations took turns between the same two states, each undoing the other. Neither is the solution. Find one that satisfies both; if this iteration ends in one of them again, the loop stops.',
  resumed:
    'The loop was interrupted and goes on now. Files may hold work of this iteration that was not finished: look at them before you change anything.',
};

const LIMITS = { time: 'time limit', tokens: 'token limit' };

function noticeText(notice: PromptNotice): string {
  if (notice.kind === 'agent-cut') {
    return `The agent of the last iteration was stopped at its ${LIMITS[notice.by]}, so its work may be half done. Look at it first, and take smaller steps.`;
  }
  if (notice.kind === 'protected-changed') {
    return `Protected files are not as they were when the loop began: ${nameList(notice.files)}. As long as they are not restored to what they were, the loop fails, whatever the validator says. Restore them first.`;
  }
  if (notice.kind === 'validator-changed') {
    return `Files on which the validator depends are not as they were when the loop began: ${nameList(notice.files)}. This is reported to the user. Unless the goal asks for it, undo it and change the code instead.`;
  }
  return TEXTS[notice.kind];
}

/** Quoted, because the name of a file can be any text. */
function nameList(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => JSON.stringify(cut(name, LONGEST_NAME)));
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
