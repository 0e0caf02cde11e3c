import type { RunEvent } from '../../run/events.ts';
import { createOutputFloor } from './outputFloor.ts';
import { createOutputPrefixer } from './outputPrefixer.ts';
import { printable } from './printable.ts';
import { findStage, type RunProgress } from './runProgress.ts';
import type { Style } from './style.ts';

export type OutputMode = 'grouped' | 'stream';

export interface StageOutputOptions {
  style: Style;
  /** Output of every stage, with its id, and the actions of agents. */
  verbose: boolean;
  /** `grouped`: that of one stage after the other, though they run side by side; `stream`: as it comes. */
  output: OutputMode;
  /** No output of builtin stages. */
  quiet: boolean;
}

type StageEvent = Extract<RunEvent, { type: 'stage:output' | 'stage:completed' | 'loop:progress' }>;

/**
 * What is shown of the output of stages: with each event the lines that it completes. Builtin stages speak to people,
 * so their lines are always shown, only indented.
 */
export function createStageOutput(
  progress: RunProgress,
  { style, verbose, quiet, output }: StageOutputOptions,
): (event: RunEvent) => string[] {
  const prefixed = createOutputPrefixer();
  const indented = createOutputPrefixer(({ depth }) => indent(depth + 1));
  const floor = output === 'grouped' ? createOutputFloor() : null;
  const actions = new Map<string, string | null>();

  const newAction = (event: Extract<StageEvent, { type: 'loop:progress' }>): string[] => {
    const key = `${event.runId} ${event.stageIndex}`;
    const { action } = event.progress;
    if (action === (actions.get(key) ?? null)) return [];
    actions.set(key, action);
    return action === null ? [] : [indent(event.depth + 2) + style.dim(printable(action))];
  };

  return (event) => {
    if (event.type === 'loop:progress') return verbose && !quiet ? newAction(event) : [];
    if (event.type !== 'stage:output' && event.type !== 'stage:completed') return [];
    const builtin = findStage(progress, event)?.builtin === true;
    if (builtin ? quiet : !verbose) return [];
    const prefixer = builtin ? indented : prefixed;
    const lines = event.type === 'stage:output' ? prefixer.lines(event) : prefixer.end(event);
    if (floor === null) return lines;
    const stage = `${event.runId} ${event.stageIndex}`;
    return event.type === 'stage:output' ? floor.say(stage, lines) : floor.end(stage, lines);
  };
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}
