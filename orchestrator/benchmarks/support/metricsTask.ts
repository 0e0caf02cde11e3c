import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { checkpointPath } from '../../src/cli/metrics/checkpoint.ts';
import { type TaskPaths, taskPaths } from '../../src/run/paths.ts';
import type { SuiteContext } from '../suite.ts';
import { outcome, runProcess, timeProcess } from './processTiming.ts';
import { sandboxTask } from './sandboxTask.ts';

/** What is compared: the orchestrator as it is, and what `references/` holds. */
export type Implementation = 'ours' | 'wholeFile' | 'plainStreaming';

/** What one process did, which recorded runs or only aggregated. */
export interface MetricsWork {
  /** The work alone, by the process's own clock. */
  ms: number;
  /** The whole process, seen from outside. */
  processMs: number;
  peakRssBytes: number;
}

/** A task with a long metrics history. */
export interface MetricsTask {
  root: string;
  paths: TaskPaths;
  /**
   * Records so many runs, by default one, in a fresh process.
   *
   * @throws Error when it fails, or when the aggregates do not count every run afterwards.
   */
  record(implementation: Implementation, runs?: number): Promise<MetricsWork>;
  /** Computes the aggregates from the whole history, in a fresh process. Throws as `record`. */
  rebuild(implementation: Implementation): Promise<MetricsWork>;
  remove(): Promise<void>;
}

type Context = Pick<SuiteContext, 'programs' | 'folder' | 'signal'>;

const reportShape = z.object({ ms: z.number(), peakRssBytes: z.number(), counted: z.number() });

/**
 * Makes a task whose history has so many entries of 0.9 KB, and no aggregates yet.
 *
 * @param like a task with this history and nothing recorded, whose file is copied instead
 */
export async function metricsTask(
  context: Context,
  entries: number,
  like?: MetricsTask,
): Promise<MetricsTask> {
  const { programs, folder, signal } = context;
  const root = await mkdtemp(path.join(folder, 'metrics-'));
  const paths = taskPaths(sandboxTask(root));
  if (like === undefined) {
    const args = [programs.writeHistory, root, String(entries)];
    await timeProcess({ file: process.execPath, args, cwd: root, signal });
  } else {
    await mkdir(path.dirname(paths.metricsPath), { recursive: true });
    await copyToDisk(like.paths.metricsPath, paths.metricsPath);
  }
  let recorded = entries;
  const work = async (implementation: Implementation, runs: number): Promise<MetricsWork> => {
    const args = [programs.recordMetrics, implementation, root, String(recorded), String(runs)];
    // Also when it fails: it may have recorded them before that.
    recorded += runs;
    const result = await runProcess({ file: process.execPath, args, cwd: root, signal });
    if (result.code !== 0) throw new Error(`${implementation} ${outcome(result)}`);
    const { counted, ...report } = reportShape.parse(JSON.parse(result.outputTail));
    if (counted !== recorded) {
      throw new Error(`Of ${recorded} runs, the aggregates of ${implementation} count ${counted}.`);
    }
    return { ...report, processMs: result.ms };
  };
  return {
    root,
    paths,
    record: (implementation, runs = 1) => work(implementation, runs),
    async rebuild(implementation) {
      await rm(checkpointPath(paths.aggregatesDir), { force: true });
      return work(implementation, 0);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** What the system still has to write of a copy would slow down every fsync of what is measured next. */
async function copyToDisk(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const handle = await open(to, 'r+');
  await handle.sync();
  await handle.close();
}
