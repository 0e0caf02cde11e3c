import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCES = fileURLToPath(new URL('children/', import.meta.url));

/** A process of `children/`, stepped over its standard streams line by line. */
export interface Child {
  pid: number;
  /** The next line it prints; rejects, with what it wrote to stderr, when it ends without one. */
  line(): Promise<string>;
  send(text: string): void;
  /** Ends it with SIGKILL if it still runs, and waits until it is gone. */
  kill(): Promise<void>;
  /** Settles when it is gone and its streams are closed. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export type ChildStarter = (name: string, args?: string[], options?: { ulimitFileBlocks?: number }) => Child;

/** Bundles the scripts of `children/` into `directory`, so that each starts as fast as plain node, and returns the starter. */
export async function buildChildren(directory: string): Promise<ChildStarter> {
  await build({
    entryPoints: fs.readdirSync(SOURCES).map((name) => path.join(SOURCES, name)),
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return (name, args = [], options = {}) => {
    const command = [process.execPath, path.join(directory, `${name}.cjs`), ...args];
    if (options.ulimitFileBlocks === undefined) return startChild(command);
    return startChild(['sh', '-c', `ulimit -f ${options.ulimitFileBlocks} && exec "$@"`, 'sh', ...command]);
  };
}

/** Starts any program as a {@link Child}. */
export function startChild([file = '', ...args]: string[]): Child {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  // Writing to a child that was killed meanwhile is part of some tests.
  child.stdin.on('error', () => {});
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  ended.catch(() => {});
  return {
    pid: child.pid ?? -1,
    async line() {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      throw new Error(`${path.basename(args.join(' '))} ended without a line: ${complaints}`);
    },
    send: (text) => void child.stdin.write(`${text}\n`),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
