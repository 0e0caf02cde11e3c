import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { installCodex } from './installCodex.ts';
import { type ResponsesServer, type ScriptStep, startResponsesServer } from './responsesServer.ts';

const run = promisify(execFile);

/** The real Codex CLI, a scripted model for it to talk to, and a repository with a failing test to work on. */
export interface CodexRig {
  server: ResponsesServer;
  /** A git repository with one commit: {@link BROKEN_FILES}. */
  repo: SandboxRepo;
  /** What a process needs in its environment to find this Codex, with a home of its own. */
  env: Record<string, string>;
  /** Arguments by which Codex talks to the server; it makes no further tries of its own. */
  agentArgs: string[];
  /** Whether the system lets Codex shut in the commands that it runs; not everywhere in containers. */
  hasSandbox: boolean;
  close(): Promise<void>;
}

/** Subtracts where it should add; `node --test` fails. */
export const BROKEN_FILES = {
  'add.mjs': 'export function add(a, b) {\n  return a - b;\n}\n',
  'add.test.mjs': [
    "import assert from 'node:assert/strict';",
    "import test from 'node:test';",
    "import { add } from './add.mjs';",
    '',
    "test('adds', () => assert.equal(add(2, 3), 5));",
    '',
  ].join('\n'),
};

/** Shell text that runs the test of the repository. A login shell need not have the right Node on its PATH. */
export const TEST_COMMAND = `'${process.execPath}' --test`;

/** The patch, in the format of Codex, that makes the test pass. */
export const FIX = ['*** Update File: add.mjs', '@@', '-  return a - b;', '+  return a + b;'];

/** Installs Codex on first use; call it in a hook or test with a time limit that allows for that. */
export async function createCodexRig(script: readonly ScriptStep[]): Promise<CodexRig> {
  const bin = await installCodex();
  const home = await realpath(await mkdtemp(path.join(tmpdir(), 'codex-home-')));
  const repo = await makeRepo({ files: BROKEN_FILES });
  const server = await startResponsesServer(script);
  const env = {
    PATH: [bin, process.env['PATH']].join(path.delimiter),
    // Also for the login shells that Codex starts: nothing of this machine's user.
    HOME: home,
    CODEX_HOME: home,
    CODEX_API_KEY: '',
    OPENAI_API_KEY: '',
    ...GIT_ENVIRONMENT,
  };
  await commitAll(repo.root, env);
  const hasSandbox = await probeSandbox(bin, env);
  const provider = [
    'name="scripted"',
    `base_url="${server.baseUrl}"`,
    'wire_api="responses"',
    'request_max_retries=0',
    'stream_max_retries=0',
  ];
  return {
    server,
    repo,
    env,
    agentArgs: [
      '-c',
      'model_provider="scripted"',
      '-c',
      `model_providers.scripted={${provider.join(',')}}`,
      ...(hasSandbox ? [] : ['--dangerously-bypass-approvals-and-sandbox']),
    ],
    hasSandbox,
    close: async () => {
      await server.close();
      await repo.cleanup();
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    },
  };
}

const GIT_ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@localhost',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@localhost',
};

async function commitAll(cwd: string, env: Record<string, string>): Promise<void> {
  const options = { cwd, env: { ...process.env, ...env } };
  await run('git', ['init', '--quiet', '--initial-branch', 'main'], options);
  await run('git', ['add', '--all'], options);
  await run('git', ['commit', '--quiet', '--message', 'Add what does not add'], options);
}

let sandboxKnown: Promise<boolean> | null = null;

function probeSandbox(bin: string, env: Record<string, string>): Promise<boolean> {
  sandboxKnown ??= run(path.join(bin, 'codex'), ['sandbox', '--', 'true'], {
    env: { ...process.env, ...env },
  }).then(
    () => true,
    () => false,
  );
  return sandboxKnown;
}
