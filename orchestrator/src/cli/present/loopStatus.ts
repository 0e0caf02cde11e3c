import type { LoopState } from '../../rlm/loop/loopState.ts';
import { cutCells } from './cells.ts';
import { printable, printableLines } from './printable.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** The state of a loop as it was found on disk, or what is wrong with it. */
export type LoopReading = { state: LoopState } | { damage: string };

const LONGEST_TEXT = 80;

/** The loop of a recorded run: goal, iteration, phase, agent, tokens, validator, end. */
export function loopStatusLines(
  loop: LoopReading,
  { style, isLive }: { style: Style; isLive: boolean },
): string[] {
  const title = style.bold('Loop');
  if ('damage' in loop)
    return [title, `  ${style.yellow('rlm/state.json is damaged')}: ${short(loop.damage)}`];
  const { state } = loop;
  const { goal, agent, final } = state;
  const isOurs = hasOwnFields(state);
  const facts: [string, string | null][] = [
    ['Goal', short(goal)],
    ['Iteration', iterationOf(state)],
    ['Phase', isOurs && final === undefined ? `${state.phase}${isLive ? '' : ', interrupted'}` : null],
    ['Agent', isOurs ? agent.kind : null],
    ['Tokens', isOurs ? tokens(state) : null],
    ['Validator', validator(state)],
    ['Ended', final === undefined ? null : `${final.status}, exit code ${final.exitCode}`],
    ['Reason', final?.reason ? printable(oneLine(final.reason)) : null],
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [[`${name}:`, value]]));
  return [title, ...renderTable(rows)];
}

/** Where a loop under way is, in a few words: `iteration 3 of 88, agent`. Empty when that is not known. */
export function loopPlace(loop: LoopReading | null): string[] {
  if (loop === null || 'damage' in loop || loop.state.final !== undefined) return [];
  const { state } = loop;
  return [`iteration ${iterationOf(state)}${hasOwnFields(state) ? `, ${state.phase}` : ''}`];
}

/** The tool before this one wrote the contract's fields only; the others stand for nothing then. */
function hasOwnFields({ startedAt }: LoopState): boolean {
  return startedAt !== '';
}

function iterationOf({ iterations, inProgress, maxIterations }: LoopState): string {
  const n = inProgress?.n ?? iterations.at(-1)?.n ?? 0;
  return maxIterations === 0 ? String(n) : `${n} of ${maxIterations}`;
}

function tokens({ totals, maxTokens }: LoopState): string {
  const used = (totals.input + totals.output).toLocaleString('en');
  return maxTokens === null ? used : `${used} of ${maxTokens.toLocaleString('en')}`;
}

function validator({ validator: command, iterations, lastFeedback }: LoopState): string | null {
  if (command === null) return null;
  const name = short(command);
  const last = iterations.findLast((one) => one.validatorExitCode !== null);
  if (last === undefined) return name;
  if (last.validatorExitCode === 0) return `${name}, passed in iteration ${last.n}`;
  const error = short(lastFeedback?.firstErrors[0] ?? '');
  const words = `${name}, exit code ${last.validatorExitCode} in iteration ${last.n}`;
  return error === '' ? words : `${words}: ${error}`;
}

/** The first line of foreign text, cut. */
function short(text: string): string {
  const [first = ''] = printableLines(text.trim().slice(0, 1000));
  return cutCells(first.replaceAll('\t', ' '), LONGEST_TEXT);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
