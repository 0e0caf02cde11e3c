import { describe, expect, it } from 'vitest';
import { MESSAGE_LIMIT, type AgentNews, type AgentReport } from '../../../src/rlm/agents/adapter.ts';
import { claudeAdapter } from '../../../src/rlm/agents/claude.ts';

const FIXED = ['-p', '--output-format', 'stream-json', '--verbose'];
const THINK_ONLY = [
  '--permission-mode',
  'plan',
  '--disallowedTools',
  'ExitPlanMode,AskUserQuestion,Edit,Write,NotebookEdit',
];

function argsOf(args: string[], mayWrite = true): string[] {
  const command = claudeAdapter({ args }).invocation({ role: 'agent', mayWrite });
  if (typeof command === 'string') throw new Error('Claude needs no shell');
  expect(command.file).toBe('claude');
  expect(command.args.slice(0, FIXED.length)).toEqual(FIXED);
  return command.args.slice(FIXED.length);
}

describe('the call of Claude', () => {
  it('lets it edit files, with the arguments of the user', () => {
    expect(argsOf([])).toEqual(['--permission-mode', 'acceptEdits']);
    expect(argsOf(['--model', 'opus'])).toEqual(['--model', 'opus', '--permission-mode', 'acceptEdits']);
  });

  it.each([
    [['--permission-mode', 'bypassPermissions']],
    [['--permission-mode=dontAsk']],
    [['--dangerously-skip-permissions']],
    [['--allowedTools', 'Bash(npm test)', 'Edit']],
    [['--allowed-tools=Edit']],
    [['--permission-prompt-tool', 'mcp__auth__prompt']],
  ])('leaves the choice of %j to the user', (args) => {
    expect(argsOf(args)).toEqual(args);
  });

  it('that is to think only cannot write, whatever else was chosen', () => {
    expect(argsOf([], false)).toEqual(THINK_ONLY);
    const chosen = [
      '--dangerously-skip-permissions',
      '--permission-mode',
      'acceptEdits',
      '--permission-mode=auto',
    ];
    expect(argsOf([...chosen, '--model', 'opus'], false)).toEqual(['--model', 'opus', ...THINK_ONLY]);
  });
});

/** Events as Claude Code 2.1 prints them, without fields that mean nothing here. */
const init = { type: 'system', subtype: 'init', session_id: 's-1', model: 'm', tools: ['Bash'] };
const assistant = (id: string, block: object, output = 5, more: object = {}) => ({
  type: 'assistant',
  session_id: 's-1',
  parent_tool_use_id: null,
  message: {
    id,
    role: 'assistant',
    content: [block],
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 100,
      cache_read_input_tokens: 1000,
      output_tokens: output,
    },
  },
  ...more,
});
const text = (words: string) => ({ type: 'text', text: words });
const tool = (name: string, input: object) => ({ type: 'tool_use', id: 't', name, input });
const result = (more: object = {}) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 2,
  result: 'All done.',
  session_id: 's-1',
  total_cost_usd: 0.25,
  usage: {
    input_tokens: 20,
    cache_creation_input_tokens: 200,
    cache_read_input_tokens: 2000,
    output_tokens: 77,
  },
  ...more,
});

function follow(...events: unknown[]): { report: AgentReport; news: (AgentNews | null)[] } {
  const reader = claudeAdapter({ args: [] }).createReader();
  const news = events.map((event) => reader.read(event));
  return { report: reader.report(), news };
}

describe('the events of Claude', () => {
  it('tell what it does, what it said last, and what it cost', () => {
    const { report, news } = follow(
      init,
      assistant('m-1', text('I will\n  look.')),
      assistant('m-1', tool('Bash', { command: 'npm test', description: 'Run tests' })),
      { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] } },
      assistant('m-2', tool('Edit', { file_path: 'src/a.ts', old_string: 'x' })),
      assistant('m-3', text('Done.')),
      result(),
    );
    expect(news).toEqual([
      null,
      { kind: 'action', text: 'I will look.' },
      { kind: 'action', text: 'Bash: npm test' },
      null,
      { kind: 'action', text: 'Edit: src/a.ts' },
      { kind: 'action', text: 'Done.' },
      { kind: 'answered' },
    ]);
    expect(report).toEqual({
      threadId: 's-1',
      message: 'All done.',
      usage: { input: 3330, cached: 3000, output: 77, reasoning: 0 },
      costUsd: 0.25,
      toolCalls: 2,
      answered: true,
      failure: null,
    });
  });

  it('repeat the usage of a message, whose output grows', () => {
    const { report, news } = follow(
      assistant('m-1', { type: 'thinking', thinking: '…' }, 1),
      assistant('m-2', tool('Read', {}), 3, { parent_tool_use_id: 'task' }),
      assistant('m-1', text('a'), 8),
      assistant('m-1', tool('Read', { file_path: 'a' }), 8),
    );
    expect(report.usage).toEqual({ input: 2220, cached: 2000, output: 11, reasoning: 0 });
    expect(news[0]).toEqual({ kind: 'usage', tokens: 1111 });
    expect(news[1]).toEqual({ kind: 'action', text: 'Read' });
  });

  it('tell at the end what all models used, subagents included', () => {
    const modelUsage = {
      large: { inputTokens: 5, outputTokens: 400, cacheReadInputTokens: 5000, cacheCreationInputTokens: 50 },
      small: { inputTokens: 7, outputTokens: 10, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 },
    };
    const { report } = follow(assistant('m-1', text('x')), result({ modelUsage }));
    expect(report.usage).toEqual({ input: 5062, cached: 5000, output: 410, reasoning: 0 });
  });

  it('of a subagent are not its own message', () => {
    const sub = assistant('m-2', text('found it'), 5, { parent_tool_use_id: 'task' });
    expect(follow(assistant('m-1', text('mine')), sub).report.message).toBe('mine');
  });

  it('may go on after the last word', () => {
    const { report } = follow(init, result(), assistant('m-9', text('The background job is done.')));
    expect(report).toMatchObject({ answered: false, message: 'The background job is done.', failure: null });
  });

  it.each([
    ['an error', { is_error: true, result: 'Credit balance is too low' }, 'Credit balance is too low'],
    [
      'a session limit, which calls itself a success',
      { is_error: true, api_error_status: 429, result: "You've hit your session limit · resets 8:30am" },
      "You've hit your session limit · resets 8:30am (HTTP 429)",
    ],
    [
      'a status that is in the text already',
      { is_error: true, api_error_status: 529, result: 'API Error: 529 overloaded_error' },
      'API Error: 529 overloaded_error',
    ],
    ['too many turns', { subtype: 'error_max_turns', result: undefined }, 'error_max_turns'],
    ['named errors', { subtype: 'error_during_execution', result: undefined, errors: ['a', 'b'] }, 'a; b'],
  ])('tell of a failure: %s', (_, more, failure) => {
    const { report, news } = follow(init, assistant('m-1', text('working')), result(more));
    expect(report).toMatchObject({ answered: false, failure, message: 'working' });
    expect(news.at(-1)).toEqual({ kind: 'answered' });
  });

  it('tell of a failure of the connection, with or without a last word', () => {
    const synthetic = { error: 'rate_limit', is_api_error_message: true };
    const said = assistant('m-2', text("You've hit your limit"), 0, synthetic);
    const failure = "You've hit your limit (rate_limit)";
    expect(follow(said).report).toMatchObject({ answered: false, failure });
    expect(follow(said, result({ result: "You've hit your limit" })).report).toMatchObject({
      answered: false,
      failure,
    });
    expect(follow(said, assistant('m-3', text('Again.')), result()).report).toMatchObject({
      answered: true,
      failure: null,
    });
  });

  it('tell that it tries again by itself', () => {
    const retry = { type: 'system', subtype: 'api_retry', attempt: 2, max_retries: 10, error_status: 529 };
    expect(follow(retry).news).toEqual([
      { kind: 'action', text: 'trying again after 529 (attempt 2)', isError: true },
    ]);
  });

  it('are ignored when they are unknown or not what they should be', () => {
    const odd = [
      { type: 'rate_limit_event', rate_limit_info: {} },
      { type: 'assistant' },
      { type: 'assistant', message: { id: 7, content: 'text', usage: 'much' } },
      {
        type: 'assistant',
        message: { content: [null, 3, { type: 'tool_use' }], usage: { input_tokens: -4 } },
      },
      { type: ['result'] },
      [],
      null,
      'text',
    ];
    const { report } = follow(...odd);
    expect(report).toMatchObject({ message: '', answered: false, failure: null, toolCalls: 1, costUsd: 0 });
    expect(report.usage).toEqual({ input: 0, cached: 0, output: 0, reasoning: 0 });
  });

  it('are cut where they are too long to keep', () => {
    const long = `${'😀'.repeat(MESSAGE_LIMIT)}!`;
    const { report, news } = follow(
      assistant('m-1', text(long)),
      assistant('m-1', tool('Bash', { command: long })),
    );
    expect(report.message.length).toBeLessThanOrEqual(MESSAGE_LIMIT);
    expect(report.message).toMatch(/^😀+!$/u);
    for (const piece of news) {
      const action = piece?.kind === 'action' ? piece.text : '';
      expect(action.length).toBeLessThanOrEqual(200);
      expect(action).toMatch(/^(?:Bash: )?😀+…$/u);
    }
  });
});
