import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fieldsOf, itemsOf, textOf } from '../../src/rlm/agents/eventFields.ts';
import { mismatch, refuses, type Answer, type RefusedAnswer, type StreamedAnswer } from './answers.ts';

/** A request for a response, as far as tests look at it. */
export interface ResponsesRequest {
  /** The last thing that the user, in our case the loop, has said. */
  prompt: string;
  /** Names of the tools that the model may call. */
  tools: string[];
  /** What the tools called so far gave back, as text, oldest first. */
  toolOutputs: string[];
  authorization: string | null;
}

/** An answer, or how to find it by the request. */
export type ScriptStep = Answer | ((request: ResponsesRequest) => Answer);

/** A server for the Responses API of OpenAI that says what a test has written down. */
export interface ResponsesServer {
  /** For `base_url` of a provider. */
  baseUrl: string;
  /** Those that have come, oldest first. */
  requests: readonly ResponsesRequest[];
  /** Adds to the end of the script. */
  extend(...steps: ScriptStep[]): void;
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of the loopback that answers the n-th request with the n-th step, whoever asks.
 * What the script does not provide for gets status 400, after which Codex gives up at once with the reason.
 */
export async function startResponsesServer(script: readonly ScriptStep[]): Promise<ResponsesServer> {
  const steps = [...script];
  const requests: ResponsesRequest[] = [];

  const answerTo = (request: ResponsesRequest): Answer => {
    const step = steps[requests.length - 1];
    if (step === undefined) return refuses(400, `the script has no answer number ${requests.length}`);
    const answer = typeof step === 'function' ? step(request) : step;
    const problem = mismatch(answer, request);
    return problem === null ? answer : refuses(400, problem);
  };
  const server = createServer((incoming, response) => {
    respond(incoming, response).catch((error: unknown) => response.destroy(toError(error)));
  });
  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (incoming.method !== 'POST' || incoming.url !== '/v1/responses') {
      response.writeHead(404).end();
      return;
    }
    const request = parseRequest(await json(incoming), incoming.headers.authorization);
    requests.push(request);
    const answer = answerTo(request);
    if (answer.kind === 'refused') refuse(response, answer);
    else await stream(response, answer, `resp_${requests.length}`);
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    requests,
    extend: (...more) => void steps.push(...more),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function refuse(response: ServerResponse, { status, headers, message }: RefusedAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message } }));
}

async function stream(response: ServerResponse, answer: StreamedAnswer, id: string): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send(response, { type: 'response.created', response: { id } });
  if (answer.silenceMs !== undefined) await delay(answer.silenceMs);
  for (const item of answer.items) send(response, { type: 'response.output_item.done', item });
  if (answer.end === 'open') return;
  if (answer.end === 'cut') {
    // What was written has to be on its way before the connection breaks.
    response.write(': cut\n\n', () => response.destroy());
    return;
  }
  const { input, cached, output, reasoning } = answer.usage;
  const usage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
  send(response, { type: 'response.completed', response: { id, usage } });
  response.end();
}

function send(response: ServerResponse, event: { type: string; response?: object; item?: object }): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function parseRequest(body: unknown, authorization: string | undefined): ResponsesRequest {
  const input = itemsOf(fieldsOf(body)['input']).map(fieldsOf);
  const users = input.filter(({ type, role }) => type === 'message' && role === 'user');
  return {
    prompt: joined(users.at(-1)?.['content']),
    // For some models Codex tells the tools at the beginning of the input.
    tools: [body, ...input].flatMap(toolsIn),
    toolOutputs: input.flatMap(({ output }) => (output === undefined ? [] : [joined(output)])),
    authorization: authorization ?? null,
  };
}

/** Names of the tools in a list `tools`; a tool with such a list is a namespace. */
function toolsIn(value: unknown): string[] {
  return itemsOf(fieldsOf(value)['tools']).flatMap((tool) => {
    const inside = toolsIn(tool);
    return inside.length === 0 ? [textOf(fieldsOf(tool)['name']) ?? ''] : inside;
  });
}

/** Text, or the text of a list of parts. */
function joined(content: unknown): string {
  const parts = itemsOf(content).map((part) => textOf(fieldsOf(part)['text']) ?? '');
  return textOf(content) ?? parts.join('');
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
