import type { Command } from '../../process/runCommand.ts';
import type { AgentKind, AgentRole, TokenUsage } from '../types.ts';

/** One kind of agent: how it is called, and what its output means. */
export interface AgentAdapter {
  kind: AgentKind;
  /** For people: `codex`, `claude`, or the program of the command. */
  name: string;
  /** `events`: every line of its standard output is a JSON event. `text`: plain text. */
  output: 'events' | 'text';
  /** Longest prompt that it takes, in UTF-16 code units; absent: any. */
  promptLimit?: number;
  /** The program for one call. It reads its prompt from standard input. Pure. */
  invocation(call: AgentCall): Command;
  /** Makes sense of the output of one call. */
  createReader(): AgentReader;
}

export interface AgentCall {
  role: AgentRole;
  /** False for the calls that are to think only: planner and critic. */
  mayWrite: boolean;
}

/** Follows the events of one call. Keeps only what is bounded. */
export interface AgentReader {
  /**
   * Takes one event (adapter output `events`) or one line of text (`text`), in order. One that it does not know is
   * ignored: the log has it. Never throws.
   */
  read(event: unknown): AgentNews | null;
  /** What is known so far. */
  report(): AgentReport;
}

/** Something that those who wait for the agent want to know at once. */
export type AgentNews =
  /** What it does now, one line. `isError`: something of its own went wrong; it may go on in spite of that. */
  | { kind: 'action'; text: string; isError?: boolean }
  /** Tokens so far. */
  | { kind: 'usage'; tokens: number }
  /** It has said its last word: its process should exit by itself. */
  | { kind: 'answered' };

export interface AgentReport {
  /** By which the agent can find this conversation again. */
  threadId: string | null;
  /** Its last message, at most {@link MESSAGE_LIMIT} characters from the end; '' when there was none. */
  message: string;
  usage: TokenUsage;
  costUsd: number;
  toolCalls: number;
  /** It has said its last word, and that was no failure. */
  answered: boolean;
  /** What went wrong in its own words; null when it did not say. */
  failure: string | null;
}

/** Longest message kept of a call, in UTF-16 code units. */
export const MESSAGE_LIMIT = 32_768;
