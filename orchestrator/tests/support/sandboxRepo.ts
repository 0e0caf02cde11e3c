import { mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Manifest } from '../../src/run/manifestTypes.ts';
import { readJsonLinesFile } from './jsonLinesFile.ts';
import type { JsonLinesFile } from './jsonLinesFile.ts';
import { assertManifest } from './manifestSchema.ts';

export interface RunChoice {
  /** Default: the newest run of the task. */
  runId?: string;
  /** Default: the task of a run that names none. */
  taskId?: string;
}

/** A repository of its own for one test, in a temporary folder. */
export interface SandboxRepo {
  /** Absolute and free of symbolic links, so that it equals what a process says of its own folder. */
  root: string;
  runsRoot: string;
  outRoot: string;
  /** Absolute path of a file in it. */
  path(...segments: string[]): string;
  /** Writes a file and the folders above it; an object becomes JSON. Resolves with its absolute path. */
  write(relative: string, content: string | Uint8Array | object): Promise<string>;
  read(relative: string): Promise<string>;
  /** Ids of a task's runs, newest first; none when there is no such task. */
  runIds(taskId?: string): Promise<string[]>;
  /** Absolute path of a run's folder. */
  runDir(choice?: RunChoice): Promise<string>;
  /** The manifest as it is on disk; a test fails when it is not valid. */
  manifest(choice?: RunChoice): Promise<Manifest>;
  /** The events of `runner.ndjson`. */
  journal(choice?: RunChoice): Promise<JsonLinesFile>;
  /** The lines of `commands/<name>.ndjson`, where `name` is like `01-build`. */
  stageLog(name: string, choice?: RunChoice): Promise<JsonLinesFile>;
  cleanup(): Promise<void>;
}

/** The task of a run that names none. */
const DEFAULT_TASK = '0101';

/**
 * Makes a repository with an optional `codex.orchestrator.json` (an object, or the text itself where the text
 * matters) and other files by their relative paths.
 */
export async function makeRepo(
  content: { config?: object | string; files?: Record<string, string | Uint8Array | object> } = {},
): Promise<SandboxRepo> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'codex-repo-')));
  const runsRoot = path.join(root, '.runs');
  const inRepo = (...segments: string[]): string => path.join(root, ...segments);

  const write: SandboxRepo['write'] = async (relative, data) => {
    const file = inRepo(relative);
    await mkdir(path.dirname(file), { recursive: true });
    const isPlain = typeof data === 'string' || data instanceof Uint8Array;
    await writeFile(file, isPlain ? data : `${JSON.stringify(data, null, 2)}\n`);
    return file;
  };
  const runIds = async (taskId = DEFAULT_TASK): Promise<string[]> => {
    const names = await readdir(path.join(runsRoot, taskId, 'cli')).catch(nothingThere);
    // A run id begins with its time.
    return names.toSorted().toReversed();
  };
  const runDir: SandboxRepo['runDir'] = async ({ runId, taskId = DEFAULT_TASK } = {}) => {
    const id = runId ?? (await runIds(taskId))[0];
    if (id === undefined) throw new Error(`Task ${taskId} has no run in ${runsRoot}`);
    return path.join(runsRoot, taskId, 'cli', id);
  };

  for (const [relative, data] of Object.entries(content.files ?? {})) await write(relative, data);
  if (content.config !== undefined) await write('codex.orchestrator.json', content.config);

  return {
    root,
    runsRoot,
    outRoot: path.join(root, 'out'),
    path: inRepo,
    write,
    read: (relative) => readFile(inRepo(relative), 'utf8'),
    runIds,
    runDir,
    manifest: async (choice) => {
      const text = await readFile(path.join(await runDir(choice), 'manifest.json'), 'utf8');
      const value: unknown = JSON.parse(text);
      assertManifest(value);
      return value;
    },
    journal: async (choice) => readJsonLinesFile(path.join(await runDir(choice), 'runner.ndjson')),
    stageLog: async (name, choice) =>
      readJsonLinesFile(path.join(await runDir(choice), 'commands', `${name}.ndjson`)),
    cleanup: () => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }),
  };
}

function nothingThere(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
