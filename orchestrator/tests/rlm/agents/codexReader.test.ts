import { describe, expect, test } from 'vitest';
import { MESSAGE_LIMIT, type AgentNews } from '../../../src/rlm/agents/adapter.ts';
import { createCodexReader } from '../../../src/rlm/agents/codexReader.ts';

/** All events are as codex-cli 0.169.0 printed them, with ids and paths made shorter. */
const STARTED = '{"type":"thread.started","thread_id":"01a2045e-def3"}\n{"type":"turn.started"}';
const FIXED = `${STARTED}
{"type":"item.completed","item":{"id":"item_0","type":"reasoning","text":"**Looking at the test**\\n\\nI think."}}
{"type":"item.started","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc 'node --test'","aggregated_output":"","exit_code":null,"status":"in_progress"}}
{"type":"item.completed","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc 'node --test'","aggregated_output":"not ok\\n","exit_code":3,"status":"failed"}}
{"type":"item.started","item":{"id":"item_2","type":"file_change","changes":[{"path":"/repo/a.txt","kind":"update"},{"path":"/repo/src/b.txt","kind":"add"}],"status":"in_progress"}}
{"type":"item.completed","item":{"id":"item_2","type":"file_change","changes":[{"path":"/repo/a.txt","kind":"update"},{"path":"/repo/src/b.txt","kind":"add"}],"status":"completed"}}
{"type":"item.completed","item":{"id":"item_3","type":"agent_message","text":"Now the rest."}}
{"type":"item.completed","item":{"id":"item_4","type":"agent_message","text":"Done.\\nSummary: x\\nNext: y"}}
{"type":"turn.completed","usage":{"input_tokens":4000,"cached_input_tokens":1600,"cache_write_input_tokens":0,"output_tokens":200,"reasoning_output_tokens":80}}`;

describe('a turn that went well', () => {
  test('is reported with thread, last message, usage and tool calls', () => {
    expect(follow(FIXED).report).toEqual({
      threadId: '01a2045e-def3',
      message: 'Done.\nSummary: x\nNext: y',
      usage: { input: 4000, cached: 1600, output: 200, reasoning: 80 },
      costUsd: 0,
      toolCalls: 2,
      answered: true,
      failure: null,
    });
  });

  test('is told while it runs', () => {
    expect(follow(FIXED).news).toEqual([
      action('Looking at the test'),
      action('$ node --test'),
      action('edits a.txt, b.txt'),
      action('Now the rest.'),
      action('Done.'),
      { kind: 'answered' },
    ]);
  });

  test('is not answered before its end', () => {
    const { report } = follow(FIXED.slice(0, FIXED.lastIndexOf('\n')));
    expect(report).toMatchObject({ answered: false, failure: null, message: 'Done.\nSummary: x\nNext: y' });
  });
});

test('an error that Codex got over is told, and no failure', () => {
  const { news, report } = follow(`${STARTED}
{"type":"error","message":"Reconnecting... 1/5 (exceeded retry limit, last status: 429 Too Many Requests)"}
{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"ok"}}
{"type":"turn.completed","usage":{"input_tokens":1000,"cached_input_tokens":400,"cache_write_input_tokens":0,"output_tokens":50,"reasoning_output_tokens":20}}`);
  expect(news[0]).toEqual({
    ...action('Reconnecting... 1/5 (exceeded retry limit, last status: 429 Too Many Requests)'),
    isError: true,
  });
  expect(report).toMatchObject({ answered: true, failure: null });
});

test('a turn that failed is reported in the words of Codex', () => {
  const { news, report } = follow(`${STARTED}
{"type":"error","message":"stream disconnected before completion: idle timeout waiting for SSE"}
{"type":"turn.failed","error":{"message":"stream disconnected before completion: idle timeout waiting for SSE"}}`);
  expect(news.at(-1)).toEqual({ kind: 'answered' });
  expect(report).toMatchObject({
    answered: false,
    failure: 'stream disconnected before completion: idle timeout waiting for SSE',
  });
});

test('an error at the very end counts as the failure', () => {
  const error = '{"type":"error","message":"Reconnecting... waiting for network (Connection failed)"}';
  expect(follow(`${STARTED}\n${error}`).report.failure).toBe(
    'Reconnecting... waiting for network (Connection failed)',
  );
  expect(follow(`${STARTED}\n${error}\n{"type":"turn.started"}`).report.failure).toBeNull();
});

test('warnings that come as items are neither failures nor tool calls', () => {
  const { news, report } = follow(`{"type":"thread.started","thread_id":"t"}
{"type":"item.completed","item":{"id":"item_0","type":"error","message":"Model metadata for \`gpt-5-codex\` not found."}}`);
  expect(news).toEqual([]);
  expect(report).toMatchObject({ failure: null, toolCalls: 0 });
});

describe('tool calls', () => {
  test('of all kinds are counted once, and said', () => {
    const { news, report } = follow(`${STARTED}
{"type":"item.started","item":{"id":"item_2","type":"web_search","id":"ws1","query":"node test","action":{"type":"search","query":"node test"}}}
{"type":"item.completed","item":{"id":"item_2","type":"web_search","id":"ws1","query":"node test","action":{"type":"search","query":"node test"}}}
{"type":"item.started","item":{"id":"item_3","type":"mcp_tool_call","server":"codex","tool":"list_mcp_resources","arguments":{},"result":null,"error":null,"status":"in_progress"}}
{"type":"item.completed","item":{"id":"item_3","type":"mcp_tool_call","server":"codex","tool":"list_mcp_resources","arguments":{},"result":{"content":[],"structured_content":null},"error":null,"status":"completed"}}
{"type":"item.started","item":{"id":"item_4","type":"todo_list","items":[{"text":"one","completed":true},{"text":"two","completed":false}]}}`);
    expect(report.toolCalls).toBe(2);
    expect(news).toEqual([
      action('searches the web: node test'),
      action('codex: list_mcp_resources'),
      action('plan: two'),
    ]);
  });

  test('that were not told to end or not told to begin are counted too', () => {
    const { report } = follow(`${STARTED}
{"type":"item.started","item":{"id":"item_1","type":"command_execution","command":"/bin/bash -lc 'sleep 302'","aggregated_output":"","exit_code":null,"status":"in_progress"}}
{"type":"item.completed","item":{"id":"item_2","type":"file_change","changes":[{"path":"/repo/a.txt","kind":"update"}],"status":"failed"}}`);
    expect(report.toolCalls).toBe(2);
  });
});

test.each([
  ["/bin/bash -lc 'npm test'", '$ npm test'],
  ['/bin/bash -lc ls', '$ ls'],
  [`/bin/bash -c "echo it's"`, "$ echo it's"],
  // As recorded for: echo 'it'"'"'s' "$HOME" \x; npm run 'a b'<line end>second "line"
  [
    String.raw`/bin/bash -lc "echo 'it'\"'\"'s' \""'$HOME" '"\\x; npm run 'a b'` + '\nsecond \\"line\\""',
    `$ echo 'it'"'"'s' "$HOME" \\x; npm run 'a b' second "line"`,
  ],
  [`/bin/bash -lc 'echo ${'x'.repeat(5000)}'`, `$ echo ${'x'.repeat(192)}…`],
  ['make all', '$ make all'],
])('the command %j is told as %j', (command, text) => {
  const item = { id: 'item_0', type: 'command_execution', command, status: 'in_progress' };
  expect(createCodexReader().read({ type: 'item.started', item })).toEqual(action(text));
});

test('more than three changed files are counted', () => {
  const changes = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ path: `/repo/${name}.ts`, kind: 'add' }));
  const item = { id: 'item_0', type: 'file_change', changes };
  expect(createCodexReader().read({ type: 'item.started', item })).toEqual(
    action('edits a.ts, b.ts, c.ts and 2 more'),
  );
});

test('of a long message the end is kept', () => {
  const reader = createCodexReader();
  const text = `${'x'.repeat(MESSAGE_LIMIT)}the end`;
  reader.read({ type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text } });
  expect(reader.report().message).toHaveLength(MESSAGE_LIMIT);
  expect(reader.report().message.endsWith('xthe end')).toBe(true);
});

test.each([
  null,
  'text',
  42,
  [],
  {},
  { type: 7 },
  { type: 'thread.archived' },
  { type: 'item.started' },
  { type: 'item.started', item: { type: 'hologram', id: 'item_0' } },
  { type: 'item.completed', item: { type: 'agent_message', text: { rich: true } } },
  { type: 'item.started', item: { type: 'file_change', changes: 'all' } },
  { type: 'error', message: { code: 1 } },
])('%j, which it does not know, does no harm', (event) => {
  const reader = createCodexReader();
  reader.read(JSON.parse('{"type":"thread.started","thread_id":"t"}'));
  expect(() => reader.read(event)).not.toThrow();
  expect(reader.report()).toMatchObject({ threadId: 't', message: '', answered: false, failure: null });
});

function action(text: string): AgentNews {
  return { kind: 'action', text };
}

function follow(events: string) {
  const reader = createCodexReader();
  const news = events.split('\n').map((line) => reader.read(JSON.parse(line)));
  return { news: news.filter((item) => item !== null), report: reader.report() };
}
