import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { identifyProcess, probeProcess } from '../../../src/storage/processIdentity.ts';
import { eventually } from '../../support/eventually.ts';
import type { RunningCli } from '../../support/runCli.ts';
import { expectEnd, makeLoopRepo, type LoopRepo, type LoopRepoContent } from './loopRig.ts';

let repo: LoopRepo;

afterEach(() => repo.cleanup());

/** Starts a loop with a git that hangs in the call `nth` of a subcommand, and cancels it there. */
async function cancelInGit(
  { subcommand, nth = 1 }: { subcommand: string; nth?: number },
  content: LoopRepoContent = {},
  args: string[] = [],
): Promise<RunningCli> {
  repo = await makeLoopRepo(content);
  const git = await repo.write(
    '.runs/bin/git',
    `#!/bin/sh
case " $* " in *" ${subcommand} "*)
  echo >> "$0-calls"
  if [ "$(wc -l < "$0-calls")" -eq ${nth} ]; then
    sleep 1000 &
    echo "$$ $!" > "$0-new"; mv "$0-new" "$0-pids"; wait
  fi
esac
PATH="\${PATH#*:}" exec git "$@"
`,
  );
  await chmod(git, 0o755);
  const running = repo.startRlm(args, { env: { PATH: `${path.dirname(git)}:${process.env['PATH'] ?? ''}` } });
  const pids = await eventually(() => readFile(`${git}-pids`, 'utf8'), { what: 'git to hang' });
  const processes = pids
    .trim()
    .split(' ')
    .map((pid) => identifyProcess(Number(pid)));
  running.kill('SIGTERM');
  await running.exited;
  await eventually(() => processes.every((each) => probeProcess(each) === 'dead'));
  return running;
}

const cancelled = (where: string) => ({
  status: 'cancelled' as const,
  exitCode: 143,
  reason: `Cancelled ${where} (SIGTERM).`,
});

describe('a loop that is cancelled while git works ends at once', () => {
  it.each(['rev-parse', 'add'])('before the first iteration (git %s)', async (subcommand) => {
    const running = await cancelInGit({ subcommand });
    const state = await expectEnd(repo, await running.exited, cancelled('before the first iteration'));
    expect(state.baseSnapshot).toBeNull();
    expect(await repo.calls('agent')).toBe(0);
  });

  it.each([
    { name: 'without files under protection', args: [] },
    { name: 'with files under protection', args: ['--protect', '*.test'] },
  ])('after the agent, $name, and goes on behind it', async ({ args }) => {
    const content = { files: { 'a.test': '' }, agent: ['echo "$n" > work'], validator: ['exit 0'] };
    const running = await cancelInGit({ subcommand: 'add', nth: 2 }, content, args);
    const result = await running.exited;
    const state = await expectEnd(repo, result, cancelled('in iteration 1 of 88'));
    expect(result.stdout).not.toContain('warning:');
    expect(state).toMatchObject({ iterations: [], inProgress: { n: 1, agentEnded: 'exited' } });
    expect(await repo.cli(['resume'])).toMatchObject({ code: 0, stderr: '' });
    expect([await repo.calls('agent'), await repo.calls('validator')]).toEqual([1, 1]);
  });
});
