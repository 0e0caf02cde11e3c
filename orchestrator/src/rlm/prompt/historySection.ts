import { cut, fenced } from './fence.ts';
import type { PastIteration } from './promptInput.ts';

/**
 * What the earlier iterations were about: the last {@link IN_FULL} in full, older ones in one line each, all together
 * at most about {@link HISTORY_LENGTH} characters. The newest counts most, so what has no room is cut from the oldest on.
 */
export function historySection(history: readonly PastIteration[]): string | null {
  const told: string[] = [];
  let left = HISTORY_LENGTH;
  for (let back = 1; back <= history.length; back += 1) {
    const iteration = history.at(-back);
    if (iteration === undefined) break;
    const text = fitting(iteration, back <= IN_FULL, left);
    if (text === null) break;
    told.unshift(text);
    left -= text.length + 1;
  }
  if (told.length === 0) return null;
  const untold = history.length - told.length;
  if (untold > 0) told.unshift(`(${untold} older ${untold === 1 ? 'iteration' : 'iterations'} left out)`);
  return [
    '# Earlier iterations',
    'Oldest first, in the words of the agent that did them.',
    fenced(told.join('\n'), 'history'),
  ].join('\n\n');
}

const IN_FULL = 10;
const HISTORY_LENGTH = 6000;
const LONGEST_TEXT = 600;
const LONGEST_DIFF = 500;
const LONGEST_LINE = 160;

function fitting(iteration: PastIteration, inFull: boolean, room: number): string | null {
  const choices = inFull ? [inDetail(iteration), inOneLine(iteration)] : [inOneLine(iteration)];
  return choices.find((text) => text.length <= room) ?? null;
}

function inDetail(iteration: PastIteration): string {
  const { summary, next, diffSummary } = iteration;
  const changes = indented(cut(diffSummary.trimEnd(), LONGEST_DIFF));
  return [
    heading(iteration),
    `  Summary: ${summary === null ? '(none given)' : oneLine(summary, LONGEST_TEXT)}`,
    ...(next === null ? [] : [`  Next: ${oneLine(next, LONGEST_TEXT)}`]),
    '  Changed:',
    changes,
  ].join('\n');
}

function inOneLine(iteration: PastIteration): string {
  const { summary } = iteration;
  return summary === null ? heading(iteration) : `${heading(iteration)}: ${oneLine(summary, LONGEST_LINE)}`;
}

function heading({ n, validatorExitCode, agentEnded }: PastIteration): string {
  const facts = [
    agentEnded === 'exited' ? null : AGENT_CUT[agentEnded],
    validatorExitCode === null ? 'validator did not run' : `validator exit code ${validatorExitCode}`,
  ];
  return `Iteration ${n} (${facts.filter((fact) => fact !== null).join(', ')})`;
}

const AGENT_CUT = {
  'timed-out': 'agent stopped at its time limit',
  'out-of-tokens': 'agent stopped at its token limit',
};

function oneLine(text: string, limit: number): string {
  return cut(text.replace(/\s+/g, ' ').trim(), limit);
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line.trim()}`)
    .join('\n');
}
