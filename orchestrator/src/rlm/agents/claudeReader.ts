import type { TokenUsage } from '../types.ts';
import type { AgentNews, AgentReader, AgentReport } from './adapter.ts';
import { amountOf, fieldsOf, itemsOf, textOf } from './eventFields.ts';
import { actionText, messageEnd } from './shortText.ts';
import { addTokens, NO_TOKENS, tokenCount } from './tokenUsage.ts';

type Fields = Record<string, unknown>;

/**
 * Follows the events of `claude -p --output-format stream-json --verbose` (Claude Code, "Run Claude Code
 * programmatically", and the message types of its Agent SDK): `system` with subtype `init` tells the session,
 * `assistant` carries text and tool calls, `result` is the last word with usage and cost.
 */
export function createClaudeReader(): AgentReader {
  return new ClaudeReader();
}

class ClaudeReader implements AgentReader {
  readonly #report: AgentReport = {
    threadId: null,
    message: '',
    usage: { ...NO_TOKENS },
    costUsd: 0,
    toolCalls: 0,
    answered: false,
    failure: null,
  };
  /** Usage by message, the latest last. */
  readonly #messages = new Map<string, TokenUsage>();
  /** The last thing said was not said by the model, but by the program about its connection to it. */
  #apiError: string | null = null;

  read(event: unknown): AgentNews | null {
    const fields = fieldsOf(event);
    this.#report.threadId ??= textOf(fields['session_id']);
    switch (fields['type']) {
      case 'system':
        return fields['subtype'] === 'api_retry'
          ? { kind: 'action', text: retryText(fields), isError: true }
          : null;
      case 'assistant':
        return this.#readAssistant(fields);
      case 'result':
        return this.#readResult(fields);
      default:
        return null;
    }
  }

  report(): AgentReport {
    return { ...this.#report, failure: this.#report.failure ?? this.#apiError };
  }

  /** One event per content block: a message with three blocks comes in three events. */
  #readAssistant(fields: Fields): AgentNews | null {
    const message = fieldsOf(fields['message']);
    // It goes on after its last word, when something that it left in the background is done.
    this.#report.answered = false;
    this.#addUsage(textOf(message['id']), messageUsage(fieldsOf(message['usage'])));
    const isSubagent = textOf(fields['parent_tool_use_id']) !== null;
    let action: string | null = null;
    for (const item of itemsOf(message['content'])) {
      const block = fieldsOf(item);
      const text = textOf(block['text']);
      if (block['type'] === 'tool_use') {
        this.#report.toolCalls += 1;
        action = toolText(block);
      } else if (block['type'] === 'text' && text !== null && text.trim() !== '') {
        action ??= text;
        this.#apiError = apiErrorText(fields, text);
        if (!isSubagent && this.#apiError === null) this.#report.message = messageEnd(text);
      }
    }
    if (action !== null) return { kind: 'action', text: actionText(action) };
    return { kind: 'usage', tokens: tokenCount(this.#report.usage) };
  }

  /** The events of one message repeat its usage, and `output_tokens` grows with them: only what is new counts. */
  #addUsage(id: string | null, usage: TokenUsage): void {
    if (id === null) return;
    const known = this.#messages.get(id) ?? NO_TOKENS;
    const latest = atLeast(known, usage);
    this.#report.usage = addTokens(this.#report.usage, difference(latest, known));
    this.#messages.delete(id);
    this.#messages.set(id, latest);
    // Messages of subagents come in between, but not of more than a few.
    const [oldest] = this.#messages.keys();
    if (oldest !== undefined && this.#messages.size > MESSAGES_KEPT) this.#messages.delete(oldest);
  }

  #readResult(fields: Fields): AgentNews {
    // What the result sums up may lack subagents or an earlier turn; what was counted may lack output.
    this.#report.usage = atLeast(this.#report.usage, resultUsage(fields));
    this.#report.costUsd = Math.max(this.#report.costUsd, amountOf(fields['total_cost_usd']));
    const text = textOf(fields['result']) ?? '';
    // Failures of the connection have come as success in some releases; what was said last tells.
    const failed = fields['is_error'] === true || fields['subtype'] !== 'success' || this.#apiError !== null;
    this.#report.answered = !failed;
    this.#report.failure = failed ? failureText(fields, this.#apiError ?? text) : null;
    if (!failed && text !== '') this.#report.message = messageEnd(text);
    return { kind: 'answered' };
  }
}

const MESSAGES_KEPT = 100;

/** Claude counts cached input beside `input_tokens`, not in it. */
function messageUsage(usage: Fields): TokenUsage {
  const cached = amountOf(usage['cache_read_input_tokens']);
  return {
    input: amountOf(usage['input_tokens']) + amountOf(usage['cache_creation_input_tokens']) + cached,
    cached,
    output: amountOf(usage['output_tokens']),
    reasoning: 0,
  };
}

function resultUsage(fields: Fields): TokenUsage {
  let all: TokenUsage = NO_TOKENS;
  for (const model of Object.values(fieldsOf(fields['modelUsage']))) {
    const usage = fieldsOf(model);
    const cached = amountOf(usage['cacheReadInputTokens']);
    const input = amountOf(usage['inputTokens']) + amountOf(usage['cacheCreationInputTokens']) + cached;
    all = addTokens(all, { input, cached, output: amountOf(usage['outputTokens']), reasoning: 0 });
  }
  return atLeast(all, messageUsage(fieldsOf(fields['usage'])));
}

function atLeast(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: Math.max(a.input, b.input),
    cached: Math.max(a.cached, b.cached),
    output: Math.max(a.output, b.output),
    reasoning: Math.max(a.reasoning, b.reasoning),
  };
}

function difference(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input - b.input,
    cached: a.cached - b.cached,
    output: a.output - b.output,
    reasoning: a.reasoning - b.reasoning,
  };
}

/** Such messages carry the kind of the error, as `rate_limit` or `authentication_failed`, beside the text. */
function apiErrorText(fields: Fields, text: string): string | null {
  const kind = textOf(fields['error']);
  return kind === null ? null : `${text} (${kind})`;
}

function failureText(fields: Fields, text: string): string {
  const status = amountOf(fields['api_error_status']);
  const errors = itemsOf(fields['errors']).filter((error) => typeof error === 'string');
  const named = errors.length > 0 ? errors.join('; ') : (textOf(fields['subtype']) ?? 'error');
  const words = text === '' ? named : text;
  return messageEnd(status === 0 || words.includes(String(status)) ? words : `${words} (HTTP ${status})`);
}

function retryText(fields: Fields): string {
  const cause = amountOf(fields['error_status']) || (textOf(fields['error']) ?? 'an error');
  return actionText(`trying again after ${cause} (attempt ${amountOf(fields['attempt'])})`);
}

/** What most tools are told first, under the names that Claude's own tools have for it. */
const SUBJECTS = ['command', 'file_path', 'notebook_path', 'pattern', 'path', 'url', 'query', 'description'];

function toolText(block: Fields): string {
  const input = fieldsOf(block['input']);
  const subject = SUBJECTS.map((name) => textOf(input[name])).find((text) => text !== null);
  const name = textOf(block['name']) ?? 'tool';
  return subject === undefined ? name : `${name}: ${subject}`;
}
