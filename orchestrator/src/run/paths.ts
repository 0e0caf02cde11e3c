import path from 'node:path';
import type { Counted } from '../storage/fileActivity.ts';

/** Where everything of one task lives: absolute roots plus the task id; within a run also whose work counts. */
export interface TaskEnvironment extends Counted {
  /** Absolute path of the repository. */
  repoRoot: string;
  /** Absolute path of the folder that holds run evidence (default `<repo>/.runs`). */
  runsRoot: string;
  /** Absolute path of the folder that holds snapshots for dashboards (default `<repo>/out`). */
  outRoot: string;
  taskId: string;
}

/** Absolute paths of the files of one run. */
export interface RunPaths {
  runId: string;
  runDir: string;
  manifestPath: string;
  heartbeatPath: string;
  resumeTokenPath: string;
  /** Owner of the live run; present exactly while a process works on it. */
  ownerLockPath: string;
  /** The run's journal, `runner.ndjson`. */
  journalPath: string;
  commandsDir: string;
  errorsDir: string;
  privacyLogPath: string;
  runSummaryPath: string;
  profilePath: string;
  /** Directory of the legacy `mcp` pointer. */
  compatDir: string;
  /** Directory of the legacy `local-mcp` pointer. */
  localCompatDir: string;
  /** Legacy copy of the run summary, `<runs>/<task>/<run>/manifest.json`. */
  legacySummaryPath: string;
}

/** Absolute paths of the files that all runs of a task share. */
export interface TaskPaths {
  taskDir: string;
  runsDir: string;
  metricsPath: string;
  metricsLockPath: string;
  metricsPendingDir: string;
  aggregatesDir: string;
  stateLockPath: string;
  runsIndexPath: string;
  /** Holds the runs that have left the index. */
  runsArchiveDir: string;
  /** Names the runs that belong into the index. */
  runsPendingDir: string;
  outMetricsDir: string;
  outStatePath: string;
  driftPath: string;
}

/** Computes the paths of one run. Pure; the ids are expected to be validated already. */
export function runPaths(env: TaskEnvironment, runId: string): RunPaths {
  const taskDir = path.join(env.runsRoot, env.taskId);
  const runDir = path.join(taskDir, 'cli', runId);
  return {
    runId,
    runDir,
    manifestPath: path.join(runDir, 'manifest.json'),
    heartbeatPath: path.join(runDir, '.heartbeat'),
    resumeTokenPath: path.join(runDir, '.resume-token'),
    ownerLockPath: path.join(runDir, '.owner.lock'),
    journalPath: path.join(runDir, 'runner.ndjson'),
    commandsDir: path.join(runDir, 'commands'),
    errorsDir: path.join(runDir, 'errors'),
    privacyLogPath: path.join(runDir, 'privacy-decisions.ndjson'),
    runSummaryPath: path.join(runDir, 'run-summary.json'),
    profilePath: path.join(runDir, 'profile.json'),
    compatDir: path.join(taskDir, 'mcp', runId),
    localCompatDir: path.join(env.runsRoot, 'local-mcp', runId),
    legacySummaryPath: path.join(taskDir, runId, 'manifest.json'),
  };
}

/** Computes the paths that all runs of a task share. Pure. */
export function taskPaths(env: TaskEnvironment): TaskPaths {
  const taskDir = path.join(env.runsRoot, env.taskId);
  const outDir = path.join(env.outRoot, env.taskId);
  return {
    taskDir,
    runsDir: path.join(taskDir, 'cli'),
    metricsPath: path.join(taskDir, 'metrics.json'),
    metricsLockPath: path.join(taskDir, 'metrics.lock'),
    metricsPendingDir: path.join(taskDir, 'metrics.pending'),
    aggregatesDir: path.join(taskDir, 'metrics'),
    stateLockPath: path.join(env.runsRoot, `${env.taskId}.lock`),
    runsIndexPath: path.join(outDir, 'runs.json'),
    runsArchiveDir: path.join(outDir, 'runs'),
    runsPendingDir: path.join(taskDir, 'runs.pending'),
    outMetricsDir: path.join(outDir, 'metrics'),
    outStatePath: path.join(outDir, 'state.json'),
    driftPath: path.join(env.repoRoot, 'out', env.taskId, 'control-plane', 'drift.json'),
  };
}

/**
 * Absolute paths, files and folders, that hold everything written for a task: what lies there is nobody's work. The
 * runs root as a whole is one of them unless it is the repository or around it. Pure.
 */
export function evidencePlaces(env: TaskEnvironment): string[] {
  const { repoRoot, runsRoot, outRoot, taskId } = env;
  const { taskDir, stateLockPath } = taskPaths(env);
  const isAround = !path.relative(runsRoot, repoRoot).split(path.sep).includes('..');
  const runs = isAround ? [taskDir, path.join(runsRoot, 'local-mcp'), stateLockPath] : [runsRoot];
  return [...runs, path.join(outRoot, taskId), path.join(repoRoot, 'out', taskId)];
}

/**
 * The form in which a path is stored inside artifacts: relative to the repository, with forward slashes
 * (`../…` when the runs root lies outside it).
 */
export function artifactPath(env: TaskEnvironment, absolute: string): string {
  const relative = path.relative(env.repoRoot, absolute);
  return path.sep === '/' ? relative : relative.split(path.sep).join('/');
}
