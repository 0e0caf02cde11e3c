import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { adoptStage } from './fakeStage.ts';
import type { FakeStage } from './fakeStage.ts';

/** The test's side of fake stage commands: real child processes that do what the test says, step by step. */
export interface FakeStageServer {
  /** What a fake stage needs in its environment. */
  env: { FAKE_STAGE_SOCKET: string };
  /** Shell text that starts a fake stage which announces itself as `name`. */
  command(name: string): string;
  /** Waits for the next process that announces itself as `name`; every process is handed out once. */
  stage(name: string, options?: { timeoutMs?: number }): Promise<FakeStage>;
  /** How many processes have announced themselves as `name` until now, handed out or not. */
  startCount(name: string): number;
  /** Ends all fake stages that still run, and removes the socket. */
  close(): Promise<void>;
}

const EXECUTABLE = fileURLToPath(new URL('../fixtures/fakeStage.mjs', import.meta.url));

/** Opens a socket for fake stages in a temporary folder. */
export async function startFakeStageServer(): Promise<FakeStageServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fake-stage-'));
  const socketPath = path.join(folder, 'socket');
  const waiting: FakeStage[] = [];
  const all: FakeStage[] = [];

  const stage = async (name: string, options: { timeoutMs?: number } = {}): Promise<FakeStage> => {
    const take = (): FakeStage | undefined => {
      const at = waiting.findIndex((candidate) => candidate.name === name);
      return at === -1 ? undefined : waiting.splice(at, 1)[0];
    };
    return eventually(take, { what: `the fake stage ${name} to start`, ...options });
  };

  const server = createServer((socket) => {
    adoptStage(socket, stage, (adopted) => {
      waiting.push(adopted);
      all.push(adopted);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });

  return {
    env: { FAKE_STAGE_SOCKET: socketPath },
    command: (name) => [process.execPath, EXECUTABLE, name].map(shellQuoted).join(' '),
    stage,
    startCount: (name) => all.filter((known) => known.name === name).length,
    close: async () => {
      const closed = new Promise((resolve) => void server.close(resolve));
      for (const known of all) known.disconnect();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
