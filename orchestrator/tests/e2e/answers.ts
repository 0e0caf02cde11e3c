import { randomUUID } from 'node:crypto';
import type { ResponsesRequest } from './responsesServer.ts';

/** What a scripted server says to one request. */
export type Answer = StreamedAnswer | RefusedAnswer;

/** A response as a stream of server-sent events. */
export interface StreamedAnswer {
  kind: 'stream';
  /** Output items of the Responses API. */
  items: object[];
  usage: ScriptedUsage;
  /** Silence before the items, in milliseconds. Default: none. */
  silenceMs?: number;
  /** `cut`: the connection breaks after the items. `open`: nothing comes any more, and the connection stays. */
  end: 'completed' | 'cut' | 'open';
}

export interface RefusedAnswer {
  kind: 'refused';
  status: number;
  headers: Record<string, string>;
  message: string;
}

export interface ScriptedUsage {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

/** What every answer costs unless it says otherwise. */
export const USAGE_PER_ANSWER: ScriptedUsage = { input: 1000, cached: 400, output: 50, reasoning: 20 };

/** The model says something; without a tool call beside it, that ends its turn. */
export function says(text: string): StreamedAnswer {
  const content = [{ type: 'output_text', text }];
  return streamed({ type: 'message', role: 'assistant', id: `msg_${randomUUID()}`, content });
}

/** The model runs a command in a shell of Codex and waits up to 30 s for it. */
export function runs(command: string): StreamedAnswer {
  const input = { cmd: command, yield_time_ms: 30_000 };
  return script(`text(await tools.exec_command(${JSON.stringify(input)}));`);
}

/** The model edits files, by a patch in the format of Codex without its first and last line. */
export function patches(...lines: string[]): StreamedAnswer {
  const patch = ['*** Begin Patch', ...lines, '*** End Patch', ''].join('\n');
  return script(`text(await tools.apply_patch(${JSON.stringify(patch)}));`);
}

/** The server answers with an HTTP error. */
export function refuses(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): RefusedAnswer {
  return { kind: 'refused', status, headers, message };
}

/** The answer comes to its items, and then the connection breaks. */
export function cut(answer: StreamedAnswer): StreamedAnswer {
  return { ...answer, end: 'cut' };
}

/** The answer comes to its items, and then nothing more. */
export function endless(answer: StreamedAnswer): StreamedAnswer {
  return { ...answer, end: 'open' };
}

/** The answer begins at once, but its items come only after so many milliseconds. */
export function slowly(silenceMs: number, answer: StreamedAnswer): StreamedAnswer {
  return { ...answer, silenceMs };
}

/** Both in one answer, as a model that says what it does while it does it. */
export function together(...answers: StreamedAnswer[]): StreamedAnswer {
  return {
    kind: 'stream',
    items: answers.flatMap(({ items }) => items),
    usage: USAGE_PER_ANSWER,
    end: 'completed',
  };
}

/** Codex 0.169 gives its models one tool for all others: `exec`, whose input is JavaScript that calls them. */
const TOOL = 'exec';

function script(input: string): StreamedAnswer {
  const id = randomUUID();
  return streamed({
    type: 'custom_tool_call',
    id: `ctc_${id}`,
    call_id: `call_${id}`,
    name: TOOL,
    input,
    status: 'completed',
  });
}

function streamed(item: object): StreamedAnswer {
  return { kind: 'stream', items: [item], usage: USAGE_PER_ANSWER, end: 'completed' };
}

/** Why an answer makes no sense for a request; null when it does. */
export function mismatch(answer: Answer, request: ResponsesRequest): string | null {
  if (answer.kind === 'refused') return null;
  const calls = answer.items.some((item) => 'name' in item && item.name === TOOL);
  if (!calls || request.tools.includes(TOOL)) return null;
  return `the script calls the tool ${TOOL}, but Codex offers: ${request.tools.join(', ')}`;
}
