import { printable } from '../present/printable.ts';
import type { Style } from '../present/style.ts';
import { createTerminalText, type TerminalText } from '../present/terminalText.ts';
import type { PacedOutput } from '../pacedOutput.ts';
import type { LogPrinter } from './logPrinter.ts';

export interface TextLogOptions {
  output: PacedOutput;
  /** Gets notes where stdout must hold nothing but the output of the stage. */
  notes: { write(text: string): unknown };
  style: Style;
  /** A header before every stage, and notes below it. */
  hasHeaders: boolean;
  /** The output goes to a terminal: what could harm it is made visible. Else the bytes stay as they are. */
  isGuarded: boolean;
}

const NEWLINE = 0x0a;

/** Prints what stages printed: the bytes themselves, or what is safe of them for a terminal. */
export function createTextLogPrinter(options: TextLogOptions): LogPrinter {
  const { output, notes, style, hasHeaders, isGuarded } = options;
  let guards: Record<'stdout' | 'stderr', TerminalText> = newGuards();
  let isAtLineStart = true;

  const write = async (data: string | Uint8Array): Promise<void> => {
    if (data.length === 0) return;
    const last = data.at(-1);
    isAtLineStart = last === '\n' || last === NEWLINE;
    await output.write(data);
  };
  const writeLine = (text: string): Promise<void> => write(`${isAtLineStart ? '' : '\n'}${text}\n`);

  return {
    get isOpen() {
      return output.isOpen;
    },
    async beginStage({ id }) {
      guards = newGuards();
      if (hasHeaders) await writeLine(style.bold(`── ${printable(id)} ──`));
    },
    output: (stream, bytes) => write(isGuarded ? guards[stream].write(bytes) : bytes),
    async endStage({ id }, { note }) {
      if (isGuarded) await write(guards.stdout.end() + guards.stderr.end());
      if (note === null) return;
      if (hasHeaders) await writeLine(style.dim(`(${printable(note)})`));
      else notes.write(`${printable(id)}: ${printable(note)}\n`);
    },
    async end() {
      if (hasHeaders && !isAtLineStart) await write('\n');
    },
  };
}

function newGuards(): Record<'stdout' | 'stderr', TerminalText> {
  return { stdout: createTerminalText(), stderr: createTerminalText() };
}
