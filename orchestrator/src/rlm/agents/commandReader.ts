import { MESSAGE_LIMIT, type AgentNews, type AgentReader } from './adapter.ts';
import { amountOf, fieldsOf, textOf } from './eventFields.ts';
import { actionText, messageEnd } from './shortText.ts';
import { addTokens, NO_TOKENS, tokenCount } from './tokenUsage.ts';

/**
 * Follows the output of a program of one's own. It is text, and the end of it the program's message, except for
 * lines by which a program can tell what it costs (documented in `docs/rlm.md`; every number may be left out):
 *
 * - `{"type":"usage","input_tokens":n,"cached_input_tokens":n,"output_tokens":n,"reasoning_output_tokens":n,"cost_usd":x}`
 *   adds to what was used before;
 * - `{"type":"tool_call","name":"…"}` counts one call of a tool.
 */
export function createCommandReader(): AgentReader {
  let lines: string[] = [];
  let length = 0;
  let usage = { ...NO_TOKENS };
  let costUsd = 0;
  let toolCalls = 0;

  const readLine = (line: string): AgentNews | null => {
    lines.push(line);
    length += line.length + 1;
    // Cut now and then only, and by whole lines: long strings put together all the time would fill the heap.
    if (length > 4 * MESSAGE_LIMIT) {
      lines = lastLines(lines);
      length = lengthOf(lines);
    }
    // Only the last of many lines is ever shown: making it short is left to whoever shows it.
    const action = line.trim();
    return action === '' ? null : { kind: 'action', text: action };
  };
  const readUsage = (fields: Record<string, unknown>): AgentNews => {
    usage = addTokens(usage, {
      input: amountOf(fields['input_tokens']),
      cached: amountOf(fields['cached_input_tokens']),
      output: amountOf(fields['output_tokens']),
      reasoning: amountOf(fields['reasoning_output_tokens']),
    });
    costUsd += amountOf(fields['cost_usd']);
    return { kind: 'usage', tokens: tokenCount(usage) };
  };
  const readToolCall = (fields: Record<string, unknown>): AgentNews | null => {
    toolCalls += 1;
    const name = actionText(textOf(fields['name']) ?? '');
    return name === '' ? null : { kind: 'action', text: name };
  };

  return {
    read(event) {
      const line = textOf(event) ?? '';
      const fields = line.startsWith('{') ? fieldsIn(line) : {};
      if (fields['type'] === 'usage') return readUsage(fields);
      if (fields['type'] === 'tool_call') return readToolCall(fields);
      return readLine(line);
    },
    report: () => ({
      threadId: null,
      // Put together only when it is wanted: reports are asked for all the time, for what was used.
      get message() {
        return messageEnd(lines.join('\n').trim());
      },
      usage,
      costUsd,
      toolCalls,
      answered: false,
      failure: null,
    }),
  };
}

/** As many of the last lines as a message needs. */
function lastLines(lines: readonly string[]): string[] {
  let first = lines.length;
  for (let length = 0; first > 0 && length < MESSAGE_LIMIT; first -= 1) {
    length += (lines[first - 1] ?? '').length + 1;
  }
  return lines.slice(first);
}

/** With the ends of lines, in UTF-16 code units. */
function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function fieldsIn(line: string): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    // Text that begins like JSON is still text.
    return {};
  }
}
