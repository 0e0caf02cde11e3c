import { spawn } from 'node:child_process';
import type { TaskEnvironment } from '../../src/run/paths.ts';
import { bundleProgram } from './bundledProgram.ts';
import { eventually } from './eventually.ts';
import { type Fault, faultEnvironment } from './faults.ts';

export interface RecorderOptions {
  /** Run ids are `<prefix>-0`, `<prefix>-1`, … */
  prefix: string;
  /** How many runs it records; `Infinity`: until it is killed. Default 1. */
  runs?: number;
  faults?: Fault[];
}

/** A process that records finished runs. */
export interface Recorder {
  /** Lets it begin as soon as it can. */
  go(): void;
  /** Waits until it could begin at once. */
  ready(): Promise<void>;
  /** What it has recorded until now, one `<outcome> <run id>` each. */
  recorded(): string[];
  /** Ends it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

export interface RecorderProgram {
  start(env: TaskEnvironment, options: RecorderOptions): Recorder;
  /** Starts one, lets it begin and waits for its end. */
  run(env: TaskEnvironment, options: RecorderOptions): Recorder['ended'];
  /** Removes the program, and ends what a test that failed has left of it. */
  remove(): Promise<void>;
}

/** Bundles `recordRuns.ts`; see there. */
export async function buildRecorder(): Promise<RecorderProgram> {
  const program = await bundleProgram('recordRuns');
  const started: Recorder[] = [];
  const start: RecorderProgram['start'] = (env, options) => {
    const recorder = startRecorder(program.path, env, options);
    started.push(recorder);
    return recorder;
  };
  return {
    start,
    run(env, options) {
      const recorder = start(env, options);
      recorder.go();
      return recorder.ended;
    },
    async remove() {
      await Promise.all(started.map((recorder) => recorder.kill()));
      program.remove();
    },
  };
}

function startRecorder(program: string, env: TaskEnvironment, options: RecorderOptions): Recorder {
  const { prefix, runs = 1, faults = [] } = options;
  const child = spawn(process.execPath, [program, env.repoRoot, env.taskId, prefix, String(runs)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...faultEnvironment(...faults) },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // One that was killed before it began does not read.
  child.stdin.on('error', () => {});
  const ended: Recorder['ended'] = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stderr }));
  });
  return {
    go: () => void child.stdin.end(),
    ready: () => eventually(() => stdout.startsWith('ready\n'), { what: 'a recorder' }).then(() => {}),
    // A line that the kill has torn says nothing.
    recorded: () => stdout.split('\n').slice(1, -1),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
