import type { LoopState } from '../../rlm/loop/loopState.ts';
import { cutCells } from './cells.ts';
import { printable, printableLines } from './printable.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** The state of a loop as it was found on disk, with the name of its agent, or what is wrong with it. */
export type LoopReading = { state: LoopState; agent: string } | { damage: string };

export interface LoopStatusOptions {
  style: Style;
  isLive: boolean;
  /** Folder of the run, as in its manifest. */
  artifactRoot: string;
}

const LONGEST_TEXT = 80;
const MOST_FILES = 5;

/** The loop of a recorded run: goal, iteration, phase, agent, tokens, validator, end, what to be warned of. */
export function loopStatusLines(loop: LoopReading, options: LoopStatusOptions): string[] {
  const { style, isLive } = options;
  const title = style.bold('Loop');
  if ('damage' in loop)
    return [title, `  ${style.yellow('rlm/state.json is damaged')}: ${short(loop.damage)}`];
  const { state, agent } = loop;
  const { goal, final } = state;
  const isOurs = hasOwnFields(state);
  const facts: [string, string | null][] = [
    ['Goal', short(goal)],
    ['Iteration', iterationOf(state)],
    ['Phase', isOurs && final === undefined ? `${phaseOf(state)}${isLive ? '' : ', interrupted'}` : null],
    ['Agent', isOurs ? short(agent) : null],
    ['Tokens', isOurs ? tokens(state) : null],
    ['Validator', validator(state)],
    ['Ended', final === undefined ? null : `${final.status}, exit code ${final.exitCode}`],
    ['Reason', final?.reason ? printable(oneLine(final.reason)) : null],
    ...logs(state, options.artifactRoot),
  ];
  const rows = facts.flatMap(([name, value]) => (value === null ? [] : [[`${name}:`, value]]));
  const warnings = warningsOf(state).map((line) => `  ${style.yellow(`warning: ${line}`)}`);
  return [title, ...renderTable(rows), ...warnings];
}

/** Where a loop under way is, in a few words: `iteration 3 of 88, agent`. Empty when that is not known. */
export function loopPlace(loop: LoopReading | null): string[] {
  if (loop === null || 'damage' in loop || loop.state.final !== undefined) return [];
  const { state } = loop;
  return [`iteration ${iterationOf(state)}${hasOwnFields(state) ? `, ${phaseOf(state)}` : ''}`];
}

/** How a loop ended, as in `final.status`; null while it has not, and when that is not known. */
export function finalStatus(loop: LoopReading | null): string | null {
  return loop === null || 'damage' in loop ? null : (loop.state.final?.status ?? null);
}

/** The tool before this one wrote the contract's fields only; the others stand for nothing then. */
export function hasOwnFields({ startedAt }: LoopState): boolean {
  return startedAt !== '';
}

function iterationOf({ iterations, inProgress, maxIterations }: LoopState): string {
  const n = inProgress?.n ?? iterations.at(-1)?.n ?? 0;
  // A limit that was lowered since says nothing about it.
  return maxIterations === 0 || n > maxIterations ? String(n) : `${n} of ${maxIterations}`;
}

/** Of three calls of the agent also which one. */
function phaseOf({ phase, roles, inProgress }: LoopState): string {
  if (phase !== 'agent' || roles === 'single') return phase;
  return `agent, ${['planner', 'critic', 'reviser'][inProgress?.calls.length ?? 0] ?? 'reviser'}`;
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

/** For a loop that failed: what its validator printed last, and its agent where that is why. */
function logs({ final, iterations, inProgress }: LoopState, artifactRoot: string): [string, string | null][] {
  if (final === undefined || final.exitCode === 0 || final.status === 'cancelled') return [];
  const validated = iterations.findLast(({ validatorLogPath }) => validatorLogPath !== null);
  const path = validated?.validatorLogPath ?? null;
  const agentFailed = final.status === 'error' && inProgress !== null;
  return [
    ['Output', path === null ? null : printable(path)],
    ['Agent log', agentFailed ? printable(`${artifactRoot}/rlm/agent-${inProgress.n}.jsonl`) : null],
  ];
}

function warningsOf({ final, validatorFilesChanged, protectedFilesChanged }: LoopState): string[] {
  const changed =
    final?.status === 'passed'
      ? 'Validator passed, but files it depends on changed'
      : 'Files that the validator depends on changed';
  return [
    ...(validatorFilesChanged.length === 0 ? [] : [`${changed}: ${names(validatorFilesChanged)}`]),
    ...(protectedFilesChanged.length === 0
      ? []
      : [`Protected files changed: ${names(protectedFilesChanged)}`]),
  ];
}

function names(files: readonly string[]): string {
  const shown = files.slice(0, MOST_FILES).map(short).join(', ');
  const more = files.length - MOST_FILES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** The first line of foreign text, cut. */
function short(text: string): string {
  const [first = ''] = printableLines(text.trim().slice(0, 1000));
  return cutCells(first.replaceAll('\t', ' '), LONGEST_TEXT);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
