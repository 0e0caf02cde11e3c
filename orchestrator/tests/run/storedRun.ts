import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { createManifest } from '../../src/run/createManifest.ts';
import type { CommandRecord, Manifest } from '../../src/run/manifestTypes.ts';
import { artifactPath, runPaths, type RunPaths, type TaskEnvironment } from '../../src/run/paths.ts';
import { stageFileName } from '../../src/run/stageFiles.ts';
import { currentProcess, type ProcessIdentity } from '../../src/storage/processIdentity.ts';

/** What a stage of a stored run is like; the rest is as of a pending command stage. */
export type StoredStage = Pick<CommandRecord, 'id'> & Partial<CommandRecord>;

/** A run laid down by hand, as a process left it or is writing it. */
export interface StoredRun {
  env: TaskEnvironment;
  paths: RunPaths;
  /** As last written. */
  manifest: Manifest;
  /** Changes the manifest and writes it. */
  update: (change: (manifest: Manifest) => void) => Promise<void>;
  /** Absolute path of the log of the stage with this position, counted from 1. */
  stageLog: (index: number) => string;
  /** Appends records to that log; a string is appended as it is. */
  log: (index: number, ...records: (object | string)[]) => Promise<void>;
  /** Makes a process the owner of the run. */
  ownedBy: (owner: ProcessIdentity) => Promise<void>;
}

export interface StoredRunFacts {
  taskId?: string;
  runId?: string;
  pipelineId?: string;
  stages?: StoredStage[];
  /** Over everything else in the manifest. */
  manifest?: Partial<Manifest>;
}

export const RUN_ID = '2026-03-01T10-00-00-000Z-00000001';
const STARTED_AT = '2026-03-01T10:00:00.000Z';

/** A repository folder for stored runs; the test removes it with `removeRepo`. */
export async function tempRepo(): Promise<string> {
  return realpath(await mkdtemp(path.join(tmpdir(), 'codex-stored-')));
}

export function removeRepo(root: string): Promise<void> {
  return rm(root, { recursive: true, force: true });
}

/** Writes a run: by default one that started long ago, is not over and is owned by nobody. */
export async function storeRun(repoRoot: string, facts: StoredRunFacts = {}): Promise<StoredRun> {
  const { taskId = '0101', runId = RUN_ID, pipelineId = 'diagnostics', stages = [] } = facts;
  const env = {
    repoRoot,
    runsRoot: path.join(repoRoot, '.runs'),
    outRoot: path.join(repoRoot, 'out'),
    taskId,
  };
  const paths = runPaths(env, runId);
  const manifest: Manifest = {
    ...emptyManifest(env, paths, pipelineId),
    commands: stages.map(storedStage),
    ...facts.manifest,
  };
  await mkdir(paths.commandsDir, { recursive: true });
  const write = (): Promise<void> => writeFile(paths.manifestPath, `${JSON.stringify(manifest, null, 2)}\n`);
  await write();
  const stageLog = (index: number): string =>
    path.join(paths.commandsDir, `${stageFileName(index, manifest.commands[index - 1]?.id ?? '')}.ndjson`);
  return {
    env,
    paths,
    manifest,
    stageLog,
    update: async (change) => {
      change(manifest);
      await write();
    },
    log: async (index, ...records) => {
      const text = records
        .map((one) => (typeof one === 'string' ? one : `${JSON.stringify(one)}\n`))
        .join('');
      await appendFile(stageLog(index), text);
      const command = manifest.commands[index - 1];
      if (command?.log_path === null) {
        command.log_path = artifactPath(env, stageLog(index));
        await write();
      }
    },
    ownedBy: async (owner) => {
      const lock = { ...owner, token: '0123456789abcdef', acquired_at: STARTED_AT, purpose: 'run' };
      await writeFile(paths.ownerLockPath, `${JSON.stringify(lock)}\n`);
    },
  };
}

/** This very process, so the run is live as long as the test works. */
export function liveOwner(): ProcessIdentity {
  return currentProcess();
}

/** A process of this machine that is no more. */
export function deadOwner(): ProcessIdentity {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  return { host: hostname(), boot_id: null, pid, process_start: '1' };
}

/** An `exec:chunk` record of a stage log. */
export function chunk(data: string, stream: 'stdout' | 'stderr' = 'stdout'): object {
  return {
    type: 'exec:chunk',
    stream,
    sequence: 1,
    bytes: data.length,
    data,
    timestamp: STARTED_AT,
    index: 1,
  };
}

/** The same for bytes that are not UTF-8. */
export function rawChunk(bytes: Buffer, stream: 'stdout' | 'stderr' = 'stdout'): object {
  return { ...chunk(bytes.toString(), stream), base64: bytes.toString('base64') };
}

function storedStage(stage: StoredStage, offset: number): CommandRecord {
  const hasStarted = stage.status !== undefined && stage.status !== 'pending';
  return {
    index: offset + 1,
    title: stage.id,
    command: `run ${stage.id}`,
    kind: 'command',
    status: 'pending',
    started_at: hasStarted ? STARTED_AT : null,
    completed_at: hasStarted && stage.status !== 'running' ? '2026-03-01T10:00:01.500Z' : null,
    exit_code: null,
    summary: null,
    log_path: null,
    error_file: null,
    sub_run_id: null,
    ...stage,
  };
}

function emptyManifest(env: TaskEnvironment, paths: RunPaths, pipelineId: string): Manifest {
  return {
    ...createManifest({
      env,
      paths,
      taskSlug: env.taskId,
      pipelineId,
      pipelineTitle: pipelineId,
      guardrailsRequired: false,
      parentRunId: null,
      approvalPolicy: null,
      planTargetId: null,
      resumeToken: '0'.repeat(64),
      privacyMode: 'shadow',
      stages: [],
      now: new Date(STARTED_AT),
    }),
    status: 'in_progress',
  };
}
