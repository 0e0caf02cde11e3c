import { findRun } from '../../run/findRun.ts';
import { readSnapshot } from '../../run/readSnapshot.ts';
import type { CliContext } from '../context.ts';
import { resolveEnvironment } from '../environment.ts';
import { statusJson } from '../present/runJson.ts';
import { statusLines } from '../present/statusText.ts';
import { createStyle } from '../present/style.ts';
import { writeJson } from '../present/writeJson.ts';
import { readLoop } from '../readLoop.ts';
import { untilOver, watchRun } from '../watchRun.ts';
import type { StatusOptions } from './definitions/status.ts';

const DEFAULT_INTERVAL_MS = 10_000;

/** `status`: shows how a run stands, with `--watch` until it is over. Changes nothing on disk. */
export async function runStatus(options: StatusOptions, context: CliContext): Promise<void> {
  const { stdout } = context;
  const asked = resolveEnvironment({ task: options.task, env: context.env, cwd: context.cwd });
  const { paths } = findRun(asked, options.run ?? null, options.task !== undefined);
  const intervalMs = options.intervalMs ?? DEFAULT_INTERVAL_MS;
  if (options.format === 'json') {
    const { manifest, liveness } = await (options.watch ? untilOver(paths, intervalMs) : readSnapshot(paths));
    writeJson(stdout, statusJson(manifest, liveness, await readLoop(paths)));
  } else if (options.watch) {
    await watchRun(paths, intervalMs, context);
  } else {
    const style = createStyle(stdout, context.env);
    const [snapshot, loop] = await Promise.all([readSnapshot(paths), readLoop(paths)]);
    const lines = statusLines(snapshot, { style, nowMs: context.now().getTime(), loop });
    stdout.write(`${lines.join('\n')}\n`);
  }
}
