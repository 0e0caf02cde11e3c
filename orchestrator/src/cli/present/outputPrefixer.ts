import { StringDecoder } from 'node:string_decoder';
import type { RunEvent } from '../../run/events.ts';
import { printable, printableLines } from './printable.ts';

type OutputEvent = Extract<RunEvent, { type: 'stage:output' }>;

/** Turns output as it arrives into whole lines that begin with a prefix of their stage. */
export interface OutputPrefixer {
  lines(event: OutputEvent): string[];
  /** What is left of a stage's output without a newline at its end. */
  end(event: StageRef): string[];
}

interface StageRef {
  runId: string;
  stageId: string;
  stageIndex: number;
  depth: number;
}

/** A line that never ends is shown in parts of this length, so that memory stays bounded. */
const LONGEST_LINE = 8192;

/** @param prefixOf what the lines of a stage begin with; its id unless told otherwise */
export function createOutputPrefixer(prefixOf: (stage: StageRef) => string = idOf): OutputPrefixer {
  const open = new Map<string, { decoder: StringDecoder; text: string }>();

  const prefixed = (stage: StageRef, lines: string[]): string[] =>
    lines.map((line) => (prefixOf(stage) + line).trimEnd());

  return {
    lines(event) {
      const key = `${event.runId} ${event.stageIndex} ${event.stream}`;
      const state = open.get(key) ?? { decoder: new StringDecoder('utf8'), text: '' };
      open.set(key, state);
      const text = state.text + state.decoder.write(event.data);
      const end = text.lastIndexOf('\n') + 1;
      const whole = text.length - end > LONGEST_LINE ? text.length : end;
      state.text = text.slice(whole);
      return whole === 0 ? [] : prefixed(event, splitLines(text.slice(0, whole)));
    },
    end(stage) {
      return ['stdout', 'stderr'].flatMap((stream) => {
        const key = `${stage.runId} ${stage.stageIndex} ${stream}`;
        const state = open.get(key);
        open.delete(key);
        const rest = state === undefined ? '' : state.text + state.decoder.end();
        return rest === '' ? [] : prefixed(stage, splitLines(rest));
      });
    },
  };
}

function idOf({ stageId }: StageRef): string {
  return `${printable(stageId)} | `;
}

/** Unlike at the end of a whole output, blank lines are kept. */
function splitLines(text: string): string[] {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  return lines.map((line) => printableLines(line)[0] ?? '');
}
