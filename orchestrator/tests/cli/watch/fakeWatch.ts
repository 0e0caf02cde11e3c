import { vi } from 'vitest';
import { listKey, type SeenFiles } from '../../../src/cli/watch/changes.ts';
import type { Look } from '../../../src/cli/watch/ground.ts';
import { createSettling } from '../../../src/cli/watch/settling.ts';
import type { Speaker } from '../../../src/cli/watch/speaker.ts';
import type { WatchChoice } from '../../../src/cli/watch/watchChoice.ts';
import { watchLoop } from '../../../src/cli/watch/watchLoop.ts';
import { FailureError } from '../../../src/failure.ts';
import { planPipeline } from '../../../src/pipeline/plan.ts';
import type { CommandStage } from '../../../src/config/types.ts';

/** A loop of watching with fake files, runs and time: what happens, happens between two lines of a test. */
export interface FakeWatch {
  /** What the files hold, by their paths. A stage without a cache reads all of them, one with a cache those in `src/`. */
  files: Map<string, string>;
  /** What the configuration file holds; `{` cannot be loaded. */
  config: string;
  /** Why git cannot be asked. */
  trouble: FailureError | null;
  /** Everything that was said, in order. */
  said: string[];
  /** All runs that have begun. */
  runs: FakeRun[];
  /** How often somebody has begun to wait for the wish that watching ends. */
  waits: number;
  /** Lets the time go on. */
  passMs(ms: number): Promise<void>;
  /** Does something to files, and lets it be seen. */
  happens(act: () => void): Promise<void>;
  /** Writes files anew. */
  save(...files: string[]): Promise<void>;
  /** Lets the run that is going on end. */
  endRun(): Promise<void>;
  /** Lets the run that is going on fail. */
  failRun(error: Error): Promise<void>;
  /** Asks for the end of watching, and of the run that is going on. Resolves with the exit code. */
  ask(exitCode: number): Promise<number>;
}

export interface FakeRun {
  isForced: boolean;
  /** What ended it early. */
  causes: string[];
}

/** Begins to watch a pipeline of one stage, of which the first run is going on. Needs fake timers. */
export async function startFakeWatch(hasCache = false): Promise<FakeWatch> {
  const settling = createSettling();
  let endRun = (): void => {};
  let failRun = (_error: Error): void => {};
  let asked = (): void => {};
  const stop = {
    exitCode: null as number | null,
    asked: new Promise<void>((resolve) => {
      asked = resolve;
    }),
    close() {},
  };
  const askedThen = vi.spyOn(stop.asked, 'then');
  const passMs = async (ms: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));
  const fake: FakeWatch = {
    files: new Map([['src/a', '1']]),
    config: '{}',
    trouble: null,
    said: [],
    runs: [],
    get waits() {
      return askedThen.mock.calls.length;
    },
    passMs,
    async happens(act) {
      act();
      settling.note();
      await passMs(100);
    },
    save: (...files) =>
      fake.happens(() => {
        for (const file of files) fake.files.set(file, `${fake.files.get(file) ?? ''}.`);
      }),
    async endRun() {
      endRun();
      await passMs(0);
    },
    async failRun(error) {
      failRun(error);
      await passMs(0);
    },
    async ask(exitCode) {
      stop.exitCode = exitCode;
      asked();
      endRun();
      await passMs(0);
      return over;
    },
  };

  const stage = stageOf(hasCache);
  const choose = async (): Promise<WatchChoice> => {
    if (fake.config === '{') throw new FailureError({ kind: 'usage', message: 'broken' });
    return choiceOf(stage, fake.config);
  };
  const look = async (): Promise<Look> => {
    const seen = [...fake.files].filter(([file]) => !hasCache || file.startsWith('src/'));
    const lists = new Map<string, SeenFiles>([[listKey(stage.cache?.inputs ?? ['**']), new Map(seen)]]);
    return { lists, config: fake.config, limit: null, trouble: fake.trouble };
  };
  const over = watchLoop({
    stderr: { write: () => true },
    choose,
    begin(_choice, { isForced }) {
      const causes: string[] = [];
      fake.runs.push({ isForced, causes });
      const end = new Promise<number>((resolve, reject) => {
        endRun = () => resolve(0);
        failRun = reject;
      });
      const cancel = (cause: string): void => {
        causes.push(cause);
        endRun();
      };
      return { begun: new Set([0]), over: end, cancellation: { cancel } };
    },
    stop,
    settling,
    ground: { look, close() {} },
    speaker: speakerInto(fake.said),
  });
  await passMs(0);
  return fake;
}

function stageOf(hasCache: boolean): CommandStage {
  const cache = { inputs: ['src/**'], outputs: [], env: [] };
  return {
    kind: 'command',
    id: 'test',
    title: 'test',
    command: 'true',
    plan: {},
    env: {},
    allowFailure: false,
    retries: 0,
    ...(hasCache && { cache }),
  };
}

function choiceOf(stage: CommandStage, configText: string): WatchChoice {
  const pipeline = {
    id: 'p',
    title: 'p',
    description: null,
    tags: [],
    guardrailsRequired: false,
    stages: [stage],
  };
  const env = { repoRoot: '/r', runsRoot: '/r/.runs', outRoot: '/r/out', taskId: '0101' };
  return {
    configText,
    config: { defaultPipeline: null, pipelines: [pipeline], rlm: null },
    pipeline,
    request: {
      env,
      plan: planPipeline(pipeline, null),
      overrides: {},
      parentRunId: null,
      approvalPolicy: null,
      depth: 0,
    },
  };
}

function speakerInto(said: string[]): Speaker {
  return {
    watching: () => void said.push('watching'),
    trouble: ({ trouble }) => void (trouble !== null && said.push(`trouble ${trouble.message}`)),
    changed: ({ paths, hasNewConfig }) =>
      void said.push(['changed', ...paths, ...(hasNewConfig ? ['config'] : [])].join(' ')),
    pausing: (paths, ms) => void said.push(`pausing ${paths.join(' ')} ${ms}`),
    held: (paths) => void said.push(`held ${paths.join(' ')}`),
    problem: ({ failure }) => void said.push(`problem ${failure.kind}`),
  };
}
