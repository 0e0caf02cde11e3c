import type { FailureError } from '../../failure.ts';
import type { CliContext } from '../context.ts';
import { failureText } from '../present/failureText.ts';
import { warningLines } from '../present/runLines.ts';
import { createStyle } from '../present/style.ts';
import {
  changedLine,
  heldLine,
  heldText,
  pausingLine,
  watchingLine,
  watchLimitText,
  type ChangeFacts,
} from '../present/watchText.ts';
import type { Look } from './ground.ts';

/** What people are told between runs. */
export interface Speaker {
  watching(look: Look): void;
  /** Files cannot be looked at; said once for as long as it lasts. */
  trouble(look: Look): void;
  changed(facts: ChangeFacts): void;
  /** Files change in run after run; the next one follows later. */
  pausing(paths: readonly string[], ms: number): void;
  /** Files are taken for the work of a stage; explained the first time. */
  held(paths: readonly string[]): void;
  problem(error: FailureError): void;
}

/** @param isQuiet - only warnings and problems are told. */
export function createSpeaker({ stdout, stderr, env }: CliContext, isQuiet: boolean): Speaker {
  const style = createStyle(stdout, env);
  const errorStyle = createStyle(stderr, env);
  const explained = new Set<string>();
  let isLimitTold = false;
  let troubleTold: string | null = null;
  const say = (line: string): void => {
    if (!isQuiet) stdout.write(`${line}\n`);
  };
  const warn = (message: string): void => {
    stderr.write(`${warningLines(message, errorStyle).join('\n')}\n`);
  };
  const problem = ({ failure }: FailureError): void => {
    stderr.write(`${errorStyle.red('error:')} ${failureText(failure, { command: 'start' })}\n`);
  };
  return {
    watching({ lists, limit }) {
      if (limit !== null && !isLimitTold) {
        isLimitTold = true;
        warn(watchLimitText(limit));
      }
      const files = new Set([...lists.values()].flatMap((list) => [...list.keys()]));
      say(`\n${watchingLine(files.size, style)}`);
    },
    changed: (facts) => say(`\n${changedLine(facts, style)}`),
    pausing: (paths, ms) => say(`\n${pausingLine(paths, ms, style)}`),
    held(paths) {
      const isNew = paths.some((path) => !explained.has(path));
      for (const path of paths) explained.add(path);
      if (isNew) warn(heldText(paths));
      else say(heldLine(paths, style));
    },
    trouble({ trouble }) {
      const text = trouble === null ? null : JSON.stringify(trouble.failure);
      if (trouble !== null && text !== troubleTold) problem(trouble);
      troubleTold = text;
    },
    problem,
  };
}
