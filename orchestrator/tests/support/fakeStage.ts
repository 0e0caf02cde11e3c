import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { eventually } from './eventually.ts';

/** A running fake stage command (`fixtures/fakeStage.mjs`) in the hands of a test. */
export interface FakeStage {
  name: string;
  pid: number;
  ppid: number;
  cwd: string;
  env: Record<string, string>;
  /** Prints and resolves when the operating system has taken all of it. `times` repeats the data. */
  stdout(data: string | Uint8Array, options?: { times?: number }): Promise<void>;
  stderr(data: string | Uint8Array, options?: { times?: number }): Promise<void>;
  /** From now on the signal does not end it, but is reported to {@link FakeStage.signalled}. */
  trap(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when the trapped signal has arrived, `count` times in all. Default 1. */
  signalled(signal: NodeJS.Signals, count?: number): Promise<void>;
  /** Starts another fake stage as its child. Without `inheritOutput` the child's output goes nowhere. */
  spawn(child: string, options?: { detached?: boolean; inheritOutput?: boolean }): Promise<FakeStage>;
  /** Closes stdout and stderr and runs on. */
  closeOutput(): Promise<void>;
  /** Ends it with an exit code and waits until it is gone. */
  exit(code?: number): Promise<void>;
  /** Lets it send itself a signal. */
  die(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended, however it did. */
  ended: Promise<void>;
  /** Lets go of it; it ends by itself. */
  disconnect(): void;
}

type FindStage = (name: string) => Promise<FakeStage>;

const Hello = z.object({
  event: z.literal('hello'),
  name: z.string(),
  pid: z.number(),
  ppid: z.number(),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
});
const Signal = z.object({ event: z.literal('signal'), signal: z.string() });
const Reply = z.object({ id: z.number(), value: z.unknown().optional(), error: z.string().optional() });
const Message = z.union([Hello, Signal, Reply]);

/**
 * Speaks with a process that has connected: JSON lines, one order each, answered by id. `onHello` gets the stage
 * when it has said who it is.
 */
export function adoptStage(socket: Socket, find: FindStage, onHello: (stage: FakeStage) => void): void {
  const signals: string[] = [];
  const answers = new Map<number, (reply: z.infer<typeof Reply>) => void>();
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  // A process that is killed breaks the connection; `ended` tells.
  socket.on('error', () => {});

  let lastId = 0;
  const order = (name: string, details: object): Promise<unknown> => {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      answers.set(id, (reply) => {
        if (reply.error === undefined) resolve(reply.value);
        else reject(new Error(`${name}: ${reply.error}`));
      });
      void ended.then(() => reject(new Error(`The fake stage ended before it answered "${name}"`)));
    });
    socket.write(`${JSON.stringify({ id, order: name, ...details })}\n`);
    return answer;
  };
  const print = async (stream: string, data: string | Uint8Array, times = 1): Promise<void> => {
    await order('print', { stream, data: Buffer.from(data).toString('base64'), times });
  };

  const stageOf = ({ event: _event, ...facts }: z.infer<typeof Hello>): FakeStage => ({
    ...facts,
    stdout: (data, options) => print('stdout', data, options?.times),
    stderr: (data, options) => print('stderr', data, options?.times),
    trap: async (signal) => void (await order('trap', { signal })),
    signalled: async (signal, count = 1) => {
      const arrived = (): boolean => signals.filter((name) => name === signal).length >= count;
      await eventually(arrived, { what: `${signal} to reach the fake stage ${facts.name}` });
    },
    spawn: async (child, { detached = false, inheritOutput = false } = {}) => {
      await order('spawn', { child, detached, stdio: inheritOutput ? 'inherit' : 'ignore' });
      return find(child);
    },
    closeOutput: async () => void (await order('closeOutput', {})),
    exit: async (code = 0) => {
      order('exit', { code }).catch(() => {});
      await ended;
    },
    die: (signal) => void order('die', { signal }).catch(() => {}),
    ended,
    disconnect: () => void socket.destroy(),
  });

  createInterface({ input: socket })
    .on('line', (line) => {
      const message = Message.parse(JSON.parse(line));
      if ('id' in message) answers.get(message.id)?.(message);
      else if (message.event === 'signal') signals.push(message.signal);
      else onHello(stageOf(message));
    })
    .on('error', () => {});
}
