import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../src/process/runCommand.ts';
import type { Command, CommandOutcome, CommandRequest } from '../../src/process/runCommand.ts';
import { startFakeStageServer } from '../support/fakeStageServer.ts';
import type { FakeStageServer } from '../support/fakeStageServer.ts';
import { collectingSink } from './collectingSink.ts';
import type { CollectingSink } from './collectingSink.ts';

/** What a test of a running command needs: a folder, fake stages, and a way to run and to cancel. */
export interface CommandRig {
  folder: string;
  server: FakeStageServer;
  output: CollectingSink;
  /** Ends the command politely, and at once. */
  cancel: AbortController;
  force: AbortController;
  run(command: Command, overrides?: Partial<CommandRequest>): Promise<CommandOutcome>;
  close(): Promise<void>;
}

/** The grace is long, so that a test in which something waits for it in vain shows. */
export const LONG_GRACE_MS = 600_000;

export async function openCommandRig(): Promise<CommandRig> {
  const folder = mkdtempSync(path.join(tmpdir(), 'codex-process-'));
  const server = await startFakeStageServer();
  const output = collectingSink();
  const cancel = new AbortController();
  const force = new AbortController();
  return {
    folder,
    server,
    output,
    cancel,
    force,
    run: (command, overrides) =>
      runCommand({
        command,
        cwd: folder,
        env: { ...process.env, ...server.env },
        output,
        cancellation: { signal: cancel.signal, force: force.signal },
        graceMs: LONG_GRACE_MS,
        ...overrides,
      }),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
