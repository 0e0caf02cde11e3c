import type { AgentNews, AgentReader, AgentReport } from './adapter.ts';
import { codexAction } from './codexAction.ts';
import { amountOf, fieldsOf, textOf } from './eventFields.ts';
import { actionText, messageEnd } from './shortText.ts';
import { NO_TOKENS } from './tokenUsage.ts';

type Fields = Record<string, unknown>;

/**
 * Follows the events of `codex exec --json` (openai/codex, `codex-rs/exec/src/exec_events.rs`; observed with 0.169):
 * `thread.started`, `turn.started`, `item.started|updated|completed` with one item, `error`, and as its last word
 * `turn.completed` with usage or `turn.failed`.
 */
export function createCodexReader(): AgentReader {
  return new CodexReader();
}

class CodexReader implements AgentReader {
  readonly #report: AgentReport = {
    threadId: null,
    message: '',
    usage: NO_TOKENS,
    costUsd: 0,
    toolCalls: 0,
    answered: false,
    failure: null,
  };
  /** Ids of tool calls that are under way: each is counted when it begins, for not every one is told to end. */
  readonly #running = new Set<string>();
  /** The last event was an error. Codex goes on after most of them, and does not say after which. */
  #error: string | null = null;

  read(event: unknown): AgentNews | null {
    const fields = fieldsOf(event);
    const type = textOf(fields['type']) ?? '';
    const error = this.#error;
    if (type !== '') this.#error = null;
    switch (type) {
      case 'thread.started':
        this.#report.threadId ??= textOf(fields['thread_id']);
        return null;
      case 'item.started':
      case 'item.completed':
        return this.#readItem(fieldsOf(fields['item']), type === 'item.started');
      case 'error':
        this.#error = textOf(fields['message']);
        if (this.#error === null) return null;
        return { kind: 'action', text: actionText(this.#error), isError: true };
      case 'turn.completed':
        this.#readUsage(fieldsOf(fields['usage']));
        this.#report.answered = true;
        this.#report.failure = null;
        return { kind: 'answered' };
      case 'turn.failed':
        this.#report.answered = false;
        this.#report.failure = textOf(fieldsOf(fields['error'])['message']) ?? error ?? 'the turn failed';
        return { kind: 'answered' };
      default:
        return null;
    }
  }

  report(): AgentReport {
    const failure = this.#report.failure ?? this.#error;
    return { ...this.#report, failure: failure === null ? null : messageEnd(failure) };
  }

  #readItem(item: Fields, begins: boolean): AgentNews | null {
    const type = textOf(item['type']) ?? '';
    if (TOOLS.has(type)) this.#countCall(textOf(item['id']) ?? '', begins);
    if (type === 'agent_message' && !begins) {
      this.#report.message = messageEnd(textOf(item['text']) ?? '');
    }
    const action = begins || ONLY_COMPLETED.has(type) ? codexAction(item) : null;
    return action === null ? null : { kind: 'action', text: actionText(action) };
  }

  #countCall(id: string, begins: boolean): void {
    if (begins) this.#running.add(id);
    if (begins || !this.#running.delete(id)) this.#report.toolCalls += 1;
  }

  /** What Codex tells is the sum since its thread began, not what the turn added. */
  #readUsage(usage: Fields): void {
    this.#report.usage = {
      input: amountOf(usage['input_tokens']),
      cached: amountOf(usage['cached_input_tokens']),
      output: amountOf(usage['output_tokens']),
      reasoning: amountOf(usage['reasoning_output_tokens']),
    };
  }
}

/** Items that are calls of tools. */
const TOOLS = new Set([
  'command_execution',
  'file_change',
  'mcp_tool_call',
  'collab_tool_call',
  'web_search',
]);
/** Items that are told once, when they are there. */
const ONLY_COMPLETED = new Set(['agent_message', 'reasoning']);
