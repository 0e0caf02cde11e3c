/** Lets one stage speak at a time; what the others say waits for them to have the floor. */
export interface OutputFloor {
  /** @returns the lines that may be shown now. */
  say(stage: string, lines: readonly string[]): string[];
  /** The stage has said its last. @returns what may be shown now, of stages that waited too. */
  end(stage: string, lines: readonly string[]): string[];
}

/** Characters that a waiting stage may hold; beyond that its oldest lines are left to its log. */
const MOST_HELD = 256 * 1024;

interface Waiting {
  lines: string[];
  length: number;
  dropped: number;
  isOver: boolean;
}

/** Whoever speaks first has the floor until it ends; then those that waited, in the order in which they began to. */
export function createOutputFloor(): OutputFloor {
  let speaker: string | null = null;
  const waiting = new Map<string, Waiting>();

  const hold = (stage: string, lines: readonly string[]): Waiting => {
    const held = waiting.get(stage) ?? { lines: [], length: 0, dropped: 0, isOver: false };
    waiting.set(stage, held);
    for (const line of lines) {
      held.lines.push(line);
      held.length += line.length;
    }
    while (held.length > MOST_HELD && held.lines.length > 1) {
      held.length -= held.lines.shift()?.length ?? 0;
      held.dropped += 1;
    }
    return held;
  };
  /** Everything of stages that are over, and the floor to the first that is not. */
  const passOn = (): string[] => {
    const shown: string[] = [];
    for (const [stage, { lines, dropped, isOver }] of waiting) {
      if (dropped > 0)
        shown.push(`… ${dropped} earlier ${dropped === 1 ? 'line' : 'lines'} in the log of the stage`);
      shown.push(...lines);
      waiting.delete(stage);
      if (isOver) continue;
      speaker = stage;
      break;
    }
    return shown;
  };

  return {
    say(stage, lines) {
      if (lines.length === 0) return [];
      speaker ??= stage;
      if (speaker === stage) return [...lines];
      hold(stage, lines);
      return [];
    },
    end(stage, lines) {
      if (speaker === stage) {
        speaker = null;
        return [...lines, ...passOn()];
      }
      if (speaker === null) return [...lines];
      if (lines.length > 0 || waiting.has(stage)) hold(stage, lines).isOver = true;
      return [];
    },
  };
}
