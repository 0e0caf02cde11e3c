import { StringDecoder } from 'node:string_decoder';
import type { RunEvent } from '../../run/events.ts';
import { printable, printableLines } from './printable.ts';

type OutputEvent = Extract<RunEvent, { type: 'stage:output' }>;

/** Turns output as it arrives into whole lines that begin with the id of their stage. */
export interface OutputPrefixer {
  lines(event: OutputEvent): string[];
  /** What is left of a stage's output without a newline at its end. */
  end(event: { runId: string; stageId: string; stageIndex: number }): string[];
}

/** A line that never ends is shown in parts of this length, so that memory stays bounded. */
const LONGEST_LINE = 8192;

export function createOutputPrefixer(): OutputPrefixer {
  const open = new Map<string, { decoder: StringDecoder; text: string }>();

  const prefixed = (stageId: string, lines: string[]): string[] =>
    lines.map((line) => `${printable(stageId)} | ${line}`.trimEnd());

  return {
    lines(event) {
      const key = `${event.runId} ${event.stageIndex} ${event.stream}`;
      const state = open.get(key) ?? { decoder: new StringDecoder('utf8'), text: '' };
      open.set(key, state);
      const text = state.text + state.decoder.write(event.data);
      const end = text.lastIndexOf('\n') + 1;
      const whole = text.length - end > LONGEST_LINE ? text.length : end;
      state.text = text.slice(whole);
      return whole === 0 ? [] : prefixed(event.stageId, splitLines(text.slice(0, whole)));
    },
    end({ runId, stageId, stageIndex }) {
      return ['stdout', 'stderr'].flatMap((stream) => {
        const key = `${runId} ${stageIndex} ${stream}`;
        const state = open.get(key);
        open.delete(key);
        const rest = state === undefined ? '' : state.text + state.decoder.end();
        return rest === '' ? [] : prefixed(stageId, splitLines(rest));
      });
    },
  };
}

/** Unlike at the end of a whole output, blank lines are kept. */
function splitLines(text: string): string[] {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  return lines.map((line) => printableLines(line)[0] ?? '');
}
