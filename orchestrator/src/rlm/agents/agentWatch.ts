import type { AgentNews, AgentReader } from './adapter.ts';
import { actionText } from './shortText.ts';
import { tokenCount } from './tokenUsage.ts';

export interface AgentWatchOptions {
  reader: AgentReader;
  /** Used by earlier attempts of the same call; they count in what is told and in the limit. */
  tokensBefore: number;
  /** Tokens that the call may use; null: no limit. */
  maxTokens: number | null;
  /** How long an agent that has answered may take to exit, in ms. */
  answerGraceMs: number;
  onNews(news: AgentNews): void;
  /** Asks for the end of the process. The reason is `answered`, `out-of-tokens`, or an error of `onNews`. */
  end(reason: unknown): void;
}

/** Looks after one process of an agent while it runs. */
export interface AgentWatch {
  /** Takes the next line of its output. Cheap, and never throws. */
  take(line: unknown): void;
  /** The process is over: tells the last news and asks for nothing any more. */
  stop(): void;
}

/**
 * Passes on what an agent does, and decides when it has to be ended. However much it prints, there is at most one
 * piece of news of each kind in a turn of the event loop: the last one. Of errors none is left out.
 */
export function watchAgent(options: AgentWatchOptions): AgentWatch {
  const { reader, tokensBefore, maxTokens, answerGraceMs } = options;
  let action: string | null = null;
  let errors = new Set<string>();
  let answered = false;
  let toldTokens = 0;
  let turn: NodeJS.Immediate | null = null;
  let grace: NodeJS.Timeout | null = null;
  let stopped = false;

  const tell = (): void => {
    const untold = errors;
    errors = new Set();
    for (const text of untold) options.onNews({ kind: 'action', text, isError: true });
    if (action !== null) options.onNews({ kind: 'action', text: actionText(action) });
    action = null;
    const tokens = tokenCount(reader.report().usage);
    if (tokens !== toldTokens) options.onNews({ kind: 'usage', tokens: tokensBefore + tokens });
    toldTokens = tokens;
    if (answered && grace === null && !stopped) {
      options.onNews({ kind: 'answered' });
      grace = setTimeout(() => options.end('answered'), answerGraceMs);
    } else if (!answered && grace !== null) {
      clearTimeout(grace);
      grace = null;
    }
    if (!answered && maxTokens !== null && tokensBefore + tokens > maxTokens) options.end('out-of-tokens');
  };
  const look = (): void => {
    turn = null;
    try {
      tell();
    } catch (error) {
      // Thrown from here, it would leave the agent running with nobody to look after it.
      options.end(error);
    }
  };

  return {
    take(line) {
      const news = reader.read(line);
      if (news?.kind === 'answered') answered = true;
      else if (news?.kind === 'action') {
        if (news.isError === true) errors.add(news.text);
        action = news.isError === true ? null : news.text;
        // It works on, on something that it had left in the background.
        answered = false;
      }
      turn ??= setImmediate(look);
    },
    stop() {
      stopped = true;
      if (turn !== null) clearImmediate(turn);
      look();
      if (grace !== null) clearTimeout(grace);
    },
  };
}
