import { describe, expect, test } from 'vitest';
import { codexAdapter } from '../../../src/rlm/agents/codex.ts';

const WORKER = { role: 'agent', mayWrite: true } as const;
const THINKER = { role: 'planner', mayWrite: false } as const;

describe('how codex is called', () => {
  test('with the prompt on standard input, events, and a sandbox that lets it write to the repository', () => {
    expect(invocation(WORKER)).toEqual({
      file: 'codex',
      args: ['exec', '--json', '--skip-git-repo-check', '--sandbox', 'workspace-write', '-'],
    });
  });

  test('with a sandbox that lets it read only when it is to think only', () => {
    expect(invocation(THINKER).args).toEqual([
      'exec',
      '--json',
      '--skip-git-repo-check',
      '--sandbox',
      'read-only',
      '-',
    ]);
  });

  test("with the user's arguments after ours", () => {
    const { args } = invocation(WORKER, ['-m', 'gpt-x', '-c', 'model_reasoning_effort=high']);
    expect(args.slice(3)).toEqual([
      '--sandbox',
      'workspace-write',
      '-m',
      'gpt-x',
      '-c',
      'model_reasoning_effort=high',
      '-',
    ]);
  });

  test.each([
    [['--sandbox', 'read-only']],
    [['--sandbox=danger-full-access']],
    [['-s', 'danger-full-access']],
    [['-sread-only']],
    [['--dangerously-bypass-approvals-and-sandbox']],
    [['--yolo']],
    [['--full-auto']],
    [['--approve-for-me']],
    [['-c', 'sandbox_mode="danger-full-access"']],
    [['-csandbox_mode=read-only']],
    [['--config', 'default_permissions=":workspace"']],
    [['--config=sandbox_mode=read-only']],
  ])('without a sandbox of ours when the user chose one: %j', (chosen) => {
    for (const call of [WORKER, THINKER]) {
      expect(invocation(call, chosen).args).toEqual([
        'exec',
        '--json',
        '--skip-git-repo-check',
        ...chosen,
        '-',
      ]);
    }
  });

  test.each([[['-c', 'sandbox_workspace_write.network_access=true']], [['--search']], [['-m', 'sandbox']]])(
    'with a sandbox of ours when the arguments choose none: %j',
    (args) => {
      expect(invocation(WORKER, args).args).toContain('--sandbox');
    },
  );

  test('without a flag twice, because Codex refuses that', () => {
    const { args } = invocation(WORKER, ['--skip-git-repo-check', '--json']);
    expect(args).toEqual(['exec', '--sandbox', 'workspace-write', '--skip-git-repo-check', '--json', '-']);
  });

  test('with the developer tools of the browser when the variable says so', () => {
    const adapter = codexAdapter({ args: [], env: { CODEX_REVIEW_DEVTOOLS: 'Yes' } });
    expect(adapter.invocation(WORKER)).toMatchObject({
      file: 'codex',
      args: [
        '-c',
        'mcp_servers.chrome-devtools.enabled=true',
        'exec',
        '--json',
        expect.anything(),
        '--sandbox',
        'workspace-write',
        '-',
      ],
    });
    expect(invocation(WORKER, [], { CODEX_REVIEW_DEVTOOLS: '0' }).args[0]).toBe('exec');
  });
});

function invocation(
  call: typeof WORKER | typeof THINKER,
  args: string[] = [],
  env: NodeJS.ProcessEnv = {},
): { file: string; args: string[] } {
  const command = codexAdapter({ args, env }).invocation(call);
  if (typeof command === 'string') throw new Error(`Expected no shell, but got: ${command}`);
  return command;
}
