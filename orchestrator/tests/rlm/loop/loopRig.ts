import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { LoopFinal, LoopState } from '../../../src/rlm/loop/loopState.ts';
import { parseState } from '../../../src/rlm/loop/parseState.ts';
import type { AgentRole } from '../../../src/rlm/types.ts';
import { identifyProcess, probeProcess } from '../../../src/storage/processIdentity.ts';
import type { ProcessIdentity } from '../../../src/storage/processIdentity.ts';
import { eventually } from '../../support/eventually.ts';
import { runCli, startCli } from '../../support/runCli.ts';
import type { CliOptions, CliResult, RunningCli } from '../../support/runCli.ts';
import { makeRepo } from '../../support/sandboxRepo.ts';
import type { RunChoice, SandboxRepo } from '../../support/sandboxRepo.ts';

const execute = promisify(execFile);

export interface LoopRepoContent {
  /** Shell text of each call of the agent; the last one is for all further calls too. Default: does nothing. */
  agent?: readonly string[];
  /** The same for the validator. Default: fails with exit code 1 and says nothing. */
  validator?: readonly string[];
  files?: Record<string, string | object>;
  config?: object | string;
  /** False: a plain folder. */
  git?: boolean;
}

type Part = 'agent' | 'validator';

/** A step that never ends by itself and has a process below it; see {@link LoopRepo.hanging}. */
export const HANG = hang(':');

/** The same with something else done once it can be found. */
export function hang(then: string): string {
  return `sleep 1000 & echo "$$ $!" > "$0-pids.new"; mv "$0-pids.new" "$0-pids"; ${then}; wait`;
}

/** A repository with a committed state, an agent and a validator that do what the test says, call by call. */
export interface LoopRepo extends SandboxRepo {
  /** Names agent and validator (RLM_AGENT_COMMAND, RLM_VALIDATOR), the task, and keeps git free of this machine. */
  env: Record<string, string>;
  /** What stands in RLM_AGENT_COMMAND and RLM_VALIDATOR: paths of programs outside the repository. */
  programs: Record<Part, string>;
  /** Runs `rlm "reach the goal"` with further arguments to its end. */
  rlm(args?: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  startRlm(args?: readonly string[], options?: Partial<CliOptions>): RunningCli;
  /** Runs any command with the environment of the loop. */
  cli(args: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  startCli(args: readonly string[], options?: Partial<CliOptions>): RunningCli;
  /** How often a part was started, over all runs. */
  calls(part: Part): Promise<number>;
  /** What the agent got on its standard input in its call `n`, 1-based, over all runs. */
  input(n: number): Promise<string>;
  /** `rlm/state.json` as it is on disk. */
  state(choice?: RunChoice): Promise<LoopState>;
  /** A file of the folder `rlm` of the run. */
  loopFile(name: string, choice?: RunChoice): Promise<string>;
  prompt(n: number, role?: AgentRole): Promise<string>;
  /** Waits until a part is in its step {@link HANG}; resolves with its processes. */
  hanging(part: Part): Promise<ProcessIdentity[]>;
  git(...args: string[]): Promise<string>;
}

const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'User',
  GIT_AUTHOR_EMAIL: 'user@example.com',
  GIT_COMMITTER_NAME: 'User',
  GIT_COMMITTER_EMAIL: 'user@example.com',
};

export async function makeLoopRepo(content: LoopRepoContent = {}): Promise<LoopRepo> {
  const { agent = [':'], validator = ['exit 1'], files = {}, config, git: isGit = true } = content;
  const repo = await makeRepo({ files, ...(config !== undefined && { config }) });
  // Outside the repository: its own bookkeeping must not look like work of the agent.
  const outside = await realpath(await mkdtemp(path.join(tmpdir(), 'codex-loop-')));
  const programs = {
    agent: await writeProgram(outside, 'agent', agent),
    validator: await writeProgram(outside, 'validator', validator),
  };
  const env = {
    ...GIT_ENV,
    MCP_RUNNER_TASK_ID: '0101',
    RLM_AGENT_COMMAND: programs.agent,
    RLM_AGENT_RETRY_SECONDS: '0.01',
    RLM_VALIDATOR: programs.validator,
  };
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await execute('git', args, { cwd: repo.root, env: { ...process.env, ...GIT_ENV } });
    return stdout.trimEnd();
  };
  if (isGit) {
    await git('init', '-q', '-b', 'main');
    await git('add', '--all');
    await git('commit', '-q', '--allow-empty', '-m', 'Begin');
  }
  const optionsFor = (options: Partial<CliOptions> = {}): CliOptions => ({
    cwd: repo.root,
    ...options,
    env: { ...env, ...options.env },
  });
  const loopFile: LoopRepo['loopFile'] = async (name, choice) =>
    readFile(path.join(await repo.runDir(choice), 'rlm', name), 'utf8');
  return {
    ...repo,
    env,
    programs,
    rlm: (args = [], options) => runCli(['rlm', 'reach the goal', ...args], optionsFor(options)),
    startRlm: (args = [], options) => startCli(['rlm', 'reach the goal', ...args], optionsFor(options)),
    cli: (args, options) => runCli(args, optionsFor(options)),
    startCli: (args, options) => startCli(args, optionsFor(options)),
    calls: async (part) =>
      Number(await readFile(path.join(outside, `${part}-calls`), 'utf8').catch(() => '0')),
    input: (n) => readFile(path.join(outside, `agent-input-${n}`), 'utf8'),
    state: async (choice) => parseState(JSON.parse(await loopFile('state.json', choice))),
    loopFile,
    prompt: (n, role = 'agent') => loopFile(`prompt-${n}${role === 'agent' ? '' : `-${role}`}.md`),
    hanging: async (part) => {
      const file = path.join(outside, `${part}-pids`);
      const pids = await eventually(() => readFile(file, 'utf8'), { what: `the ${part} to hang` });
      return pids
        .trim()
        .split(' ')
        .map((pid) => identifyProcess(Number(pid)));
    },
    git,
    async cleanup() {
      await repo.cleanup();
      await rm(outside, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    },
  };
}

/** A loop that is over says the same everywhere: exit code, state, manifest and terminal. Resolves with its state. */
export async function expectEnd(repo: LoopRepo, result: CliResult, final: LoopFinal): Promise<LoopState> {
  expect(`${result.stdout}${result.stderr}`).toContain(final.reason);
  expect(result).toMatchObject({ code: final.exitCode, signal: null });
  const state = await repo.state();
  expect(state).toMatchObject({ final, phase: 'ended' });
  const manifest = await repo.manifest();
  expect(manifest.summary).toContain(final.reason);
  expect(manifest.commands[0]?.summary).toContain(final.reason);
  const status = final.status === 'cancelled' ? 'cancelled' : final.exitCode === 0 ? 'succeeded' : 'failed';
  expect(manifest.status).toBe(status);
  return state;
}

/** Fails unless processes that were alive are gone by now. */
export function expectGone(processes: readonly ProcessIdentity[]): void {
  expect(processes.map(probeProcess)).toEqual(processes.map(() => 'dead'));
}

/** A program that counts its calls and runs the step that is due; the agent keeps what it is told. */
async function writeProgram(folder: string, part: Part, steps: readonly string[]): Promise<string> {
  const program = path.join(folder, part);
  const cases = steps.map((step, at) => `${at === steps.length - 1 ? '*' : at + 1})\n${step}\n;;`);
  const text = [
    '#!/bin/sh',
    `n=$(($(cat '${program}-calls' 2>/dev/null || echo 0) + 1))`,
    `echo $n > '${program}-calls'`,
    ...(part === 'agent' ? [`cat > '${program}-input-'$n`] : []),
    'case $n in',
    ...cases,
    'esac',
  ];
  await writeFile(program, `${text.join('\n')}\n`);
  await chmod(program, 0o755);
  return program;
}
