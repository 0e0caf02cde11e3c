import { describe, expect, test } from 'vitest';
import type { CommandOutcome } from '../../../src/process/runCommand.ts';
import type { AgentReport } from '../../../src/rlm/agents/adapter.ts';
import { classifyAgentFailure, type AgentFailure } from '../../../src/rlm/agents/agentFailure.ts';

const LOGIN_TO_CODEX = 'Log in with `codex login`, or set CODEX_API_KEY to an API key of OpenAI.';

describe('no failure', () => {
  test('is an answer, whatever the exit code', () => {
    expect(classify({ report: { answered: true }, outcome: { exitCode: 1 } })).toBeNull();
  });

  test('is exit code 0 without one', () => {
    expect(classify({ stderr: 'Error: 429 Too Many Requests' })).toBeNull();
  });
});

// The words are those that codex-cli 0.169.0 was seen to use.
describe("Codex's own words", () => {
  test.each([
    ['exceeded retry limit, last status: 429 Too Many Requests'],
    ['rate limit exceeded: Rate limit reached. Please try again in 1s.'],
    ['We’re currently experiencing high demand, which may cause temporary errors.'],
    ['Selected model is at capacity. Please try a different model.'],
    [
      'unexpected status 502 Bad Gateway: "<html>bad gateway</html>", url: http://127.0.0.1:18080/v1/responses',
    ],
    ['stream disconnected before completion: Transport error: network error: error decoding response body'],
    ['stream disconnected before completion: idle timeout waiting for SSE'],
    ['Reconnecting... waiting for network (Connection failed: error sending request)'],
    ['stream disconnected before completion: failed to lookup address information: Name does not resolve'],
  ])('are transient: %s', (words) => {
    expect(classify({ report: { failure: words }, outcome: { exitCode: 1 } })).toEqual({
      kind: 'transient',
      reason: words,
      advice: null,
    });
  });

  test.each([
    [
      'unexpected status 401 Unauthorized: Incorrect API key provided: sk-xxx., url: http://127.0.0.1:18080/v1/responses',
    ],
    [
      'unexpected status 401 Unauthorized: Missing bearer or basic authentication in header, url: http://127.0.0.1:18080/v1/responses',
    ],
    ['unexpected status 403 Forbidden: Country not supported, url: http://127.0.0.1:18080/v1/responses'],
    [
      'Your access token could not be refreshed because your refresh token was revoked. Please log out and sign in again.',
    ],
  ])('are about authentication: %s', (words) => {
    expect(classify({ report: { failure: words }, outcome: { exitCode: 1 } })).toEqual({
      kind: 'authentication',
      reason: words,
      advice: LOGIN_TO_CODEX,
    });
  });

  test('name the variable in which a key is missing', () => {
    expect(
      classify({
        report: { failure: 'Missing environment variable: `ACME_KEY`.' },
        outcome: { exitCode: 1 },
      }),
    ).toEqual({
      kind: 'authentication',
      reason: 'Missing environment variable: `ACME_KEY`.',
      advice: "Set ACME_KEY, where the agent's provider expects its key.",
    });
  });

  test.each([
    ['Quota exceeded. Check your plan and billing details.'],
    [
      'You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again later.',
    ],
  ])('are not worth another try when a plan is used up: %s', (words) => {
    expect(classify({ report: { failure: words }, outcome: { exitCode: 1 } })).toEqual({
      kind: 'other',
      reason: words,
      advice: 'Wait until the limit is reset. Another agent can be chosen with --agent.',
    });
  });

  test.each([
    ['unexpected status 404 Not Found: model not found, url: http://127.0.0.1:14290/v1/responses'],
    [
      "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
    ],
  ])('are of another kind: %s', (words) => {
    expect(classify({ report: { failure: words }, outcome: { exitCode: 1 } })).toEqual({
      kind: 'other',
      reason: words,
      advice: null,
    });
  });

  test('come out of the answer that it passes on as it came', () => {
    const failure = '{"error":{"message":"Your input exceeds\\n the context window"}}';
    expect(classify({ report: { failure }, outcome: { exitCode: 1 } })?.reason).toBe(
      'Your input exceeds the context window',
    );
  });

  test('count more than its standard error', () => {
    const failure = classify({
      report: { failure: 'unexpected status 404 Not Found: model not found' },
      outcome: { exitCode: 1 },
      stderr: 'Error: connect ECONNREFUSED 127.0.0.1:1',
    });
    expect(failure?.kind).toBe('other');
  });
});

describe('the words of Claude Code', () => {
  test.each<[string, AgentFailure['kind']]>([
    [
      'API Error: 529 {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
      'transient',
    ],
    ['API Error: Request timed out.', 'transient'],
    ['API Error: Connection error. (unknown)', 'transient'],
    ['Request rejected (rate_limit)', 'transient'],
    ['Internal failure (HTTP 500)', 'transient'],
    ['Invalid API key · Please run /login (authentication_failed)', 'authentication'],
    ['Credit balance is too low (billing_error)', 'other'],
    ["You've hit your limit · resets 3pm (rate_limit)", 'other'],
  ])('%s: %s', (words, kind) => {
    const failure = classify({ agent: 'claude', report: { failure: words }, outcome: { exitCode: 1 } });
    expect(failure).toMatchObject({ kind, reason: words });
  });

  test('come with how to log in', () => {
    const failure = classify({
      agent: 'claude',
      report: { failure: 'Not logged in · Please run /login' },
      outcome: { exitCode: 1 },
    });
    expect(failure?.advice).toBe('Log in with `claude` and then /login, or set ANTHROPIC_API_KEY.');
  });
});

describe('standard error, when there are no other words', () => {
  // As codex-cli 0.169.0 printed it.
  test.each([
    [
      `WARNING: proceeding, even though we could not create PATH aliases: Refusing to create helper binaries
Error: Model provider \`zzz\` not found

Stack backtrace:
   0: <unknown>
   1: <unknown>
`,
      'exit code 1: Error: Model provider `zzz` not found',
    ],
    [
      'Error loading config.toml: invalid transport\nin `mcp_servers.chrome-devtools`\n\n',
      'exit code 1: Error loading config.toml: invalid transport',
    ],
    [
      `error: unexpected argument '--nonsense' found

  tip: to pass '--nonsense' as a value, use '-- --nonsense'

Usage: codex exec [OPTIONS] [PROMPT]
       codex exec [OPTIONS] <COMMAND> [ARGS]

For more information, try '--help'.
`,
      "exit code 1: error: unexpected argument '--nonsense' found",
    ],
    [
      `Error: turn/start: turn/start failed: Input exceeds the maximum length of 1048576 characters. (code -32602), data: {"input_error_code":"input_too_large"}

Stack backtrace:
   0: <unknown>`,
      'exit code 1: Error: turn/start: turn/start failed: Input exceeds the maximum length of 1048576 characters. (code -32602), data: {"input_error_code":"input_too_large"}',
    ],
    ['No prompt provided via stdin.\n', 'exit code 1: No prompt provided via stdin.'],
    [
      '2026-11-22T17:48:20.340131Z ERROR codex_api::endpoint: failed to connect\n',
      'exit code 1: 2026-11-22T17:48:20.340131Z ERROR codex_api::endpoint: failed to connect',
    ],
    ['\u001b[31mError: red\u001b[0m\r\n', 'exit code 1: Error: red'],
    ['', 'exit code 1'],
  ])('%j', (stderr, reason) => {
    expect(classify({ stderr, outcome: { exitCode: 1 } })).toMatchObject({ kind: 'other', reason });
  });

  test('tells of a network failure', () => {
    const failure = classify({
      stderr:
        'asking the model\nError: connect ECONNREFUSED 127.0.0.1:1\n    at node:net:1\n\nNode.js v20.20.2\n',
      outcome: { exitCode: 7 },
    });
    expect(failure).toEqual({
      kind: 'transient',
      reason: 'exit code 7: Error: connect ECONNREFUSED 127.0.0.1:1',
      advice: null,
    });
  });

  test('tells of a login', () => {
    expect(classify({ stderr: 'Not logged in\n', outcome: { exitCode: 1 } })).toEqual({
      kind: 'authentication',
      reason: 'exit code 1: Not logged in',
      advice: LOGIN_TO_CODEX,
    });
  });

  test('comes with the signal that ended the process', () => {
    const outcome = { exitCode: null, signal: 'SIGKILL' } as const;
    expect(classify({ outcome })).toEqual({ kind: 'other', reason: 'ended by SIGKILL', advice: null });
  });
});

describe('a program that was not started', () => {
  const notStarted = { ended: 'not-started', pid: null, exitCode: null } as const;

  test.each([
    [
      'codex',
      'Install it with `npm install --global @openai/codex`. Another agent can be chosen with --agent.',
    ],
    [
      'claude',
      'Install it with `npm install --global @anthropic-ai/claude-code`. Another agent can be chosen with --agent.',
    ],
    ['mine', 'Check the command of the agent, and PATH. Another agent can be chosen with --agent.'],
  ])('is missing: %s', (agent, advice) => {
    const error = { code: 'command-not-found', message: `command not found: ${agent}` };
    expect(classify({ agent, outcome: { ...notStarted, error } })).toEqual({
      kind: 'missing',
      reason: `command not found: ${agent}`,
      advice,
    });
  });

  test('is not missing when the folder is', () => {
    const error = { code: 'cwd-missing', message: 'the working directory does not exist: /nowhere' };
    expect(classify({ outcome: { ...notStarted, error } })).toEqual({
      kind: 'other',
      reason: 'the working directory does not exist: /nowhere',
      advice: null,
    });
  });
});

interface Given {
  agent?: string;
  stderr?: string;
  outcome?: Partial<CommandOutcome>;
  report?: Partial<AgentReport>;
}

function classify({ agent = 'codex', stderr = '', outcome, report }: Given): AgentFailure | null {
  return classifyAgentFailure({
    agent,
    program: agent,
    stderr,
    outcome: {
      pid: 1,
      exitCode: 0,
      signal: null,
      durationMs: 1,
      ended: 'exited',
      error: null,
      pipesHeld: false,
      ...outcome,
    },
    report: {
      threadId: null,
      message: '',
      usage: { input: 0, cached: 0, output: 0, reasoning: 0 },
      costUsd: 0,
      toolCalls: 0,
      answered: false,
      failure: null,
      ...report,
    },
  });
}
