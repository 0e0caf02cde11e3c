import type { PipelineConfig } from '../config/types.ts';
import type { StageLog } from '../process/stageLog.ts';
import type { RunEvent, RunListener } from '../run/events.ts';
import type { Journal } from '../run/journal.ts';
import type { JournalEvent } from '../run/journalEvents.ts';
import type { Manifest, RunStatus } from '../run/manifestTypes.ts';
import type { ManifestStore } from '../run/manifestStore.ts';
import type { Profiler } from '../run/profile.ts';
import type { RunPaths, TaskEnvironment } from '../run/paths.ts';
import type { PrivacyLog } from '../run/privacyLog.ts';
import type { ManifestStage } from '../run/createManifest.ts';
import type { HeldLock } from '../storage/lock.ts';
import type { Builtins } from './builtin.ts';
import type { RunCancellation } from './cancellation.ts';
import type { FailurePolicy } from './graph/schedule.ts';
import type { Slots } from './graph/slots.ts';
import type { RunPlan } from './plan.ts';
import type { StageCache } from './stageCache/stageCache.ts';
import type { StageKeys } from './stageKeys.ts';

/** Records a finished run among the metrics of its task; returns what a person should be warned of. */
export type RunRecorder = (
  env: TaskEnvironment,
  paths: RunPaths,
  manifest: Manifest,
  persister: { persist(manifest: Manifest): Promise<void> },
) => Promise<{ warnings: string[] }>;

/**
 * Brings in what waited while the metrics of a task were locked; called once nobody owns the run any more. Returns what
 * a person should be warned of. Throws errno errors.
 */
export type QueueDrain = (env: TaskEnvironment) => Promise<{ warnings: string[] }>;

/** What stays the same for a run and its child runs. */
export interface RunSettings {
  config: PipelineConfig;
  /** Environment the CLI was started with. */
  processEnv: NodeJS.ProcessEnv;
  /** Directory the CLI was started in; relative stage directories count from here. */
  startDirectory: string;
  packageRoot: string;
  /** Ms between the polite end of a process tree and its kill. */
  graceMs: number;
  cancellation: RunCancellation;
  /** Shared with all child runs. */
  slots: Slots;
  onFailure: FailurePolicy;
  listener: RunListener;
  record: RunRecorder;
  drain: QueueDrain;
  builtins: Builtins;
  /** null: every stage runs. */
  cache: StageCache | null;
}

/** How the stages of a run ended together. */
export interface ExecutionResult {
  status: Extract<RunStatus, 'succeeded' | 'failed' | 'cancelled'>;
  statusDetail: string | null;
  /** All stages ran and passed, and the cache or an earlier attempt spared nothing of any. */
  ranWhole: boolean;
  /** The exit code that the stage which failed asks for; absent where 1 will do. */
  exitCode?: number;
}

/** Everything the stages of one run work with. */
export interface RunContext {
  settings: RunSettings;
  /** Counts for this run: child runs have a counter of their own. */
  env: TaskEnvironment;
  paths: RunPaths;
  plan: RunPlan;
  /** Environment from pipeline aliases; not inherited by child runs. */
  overrides: Record<string, string>;
  depth: number;
  journal: Journal;
  store: ManifestStore;
  privacyLog: PrivacyLog;
  profiler: Profiler;
  /** Filled only while a cache is in use. */
  keys: StageKeys;
}

/** A run that is claimed and has its first evidence on disk, ready to be conducted. */
export interface OpenRun {
  context: RunContext;
  /** Released when the run is over. */
  owner: HeldLock;
  resumed: boolean;
  /** Writes the final evidence once the stages are over. */
  finish(context: RunContext, result: ExecutionResult): Promise<void>;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An event without what every event of the run has in common. */
export type RunEventFacts = DistributiveOmit<RunEvent, 'timestamp' | 'runId' | 'taskId' | 'depth'>;

/** Tells the run's listener what happened. */
export function emit(context: RunContext, facts: RunEventFacts): void {
  const common = {
    timestamp: new Date().toISOString(),
    runId: context.paths.runId,
    taskId: context.env.taskId,
    depth: context.depth,
  };
  context.settings.listener({ ...facts, ...common });
}

/** Appends a fact to the journal (and to the stage's own log) and takes it into the manifest in memory. */
export function record(context: RunContext, event: JournalEvent, log?: StageLog): void {
  const stamped = context.journal.append(event);
  context.store.apply(stamped);
  if (log === undefined) return;
  const { index: _index, ...facts } = event;
  log.append(facts);
}

/** The stages of a plan in the manifest's terms. */
export function manifestStages(plan: RunPlan): ManifestStage[] {
  return plan.stages.map((stage) => ({
    id: stage.id,
    title: stage.title,
    kind: stage.kind,
    command: stage.kind === 'command' ? stage.command : null,
  }));
}
