import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { RunPaths } from '../run/paths.ts';
import { readSnapshot, type RunSnapshot } from '../run/readSnapshot.ts';
import type { CliContext } from './context.ts';
import { pacedOutput } from './pacedOutput.ts';
import { cellWidth, cutCells } from './present/cells.ts';
import { loopPlace, type LoopReading } from './present/loopStatus.ts';
import { progressLine } from './present/progressLine.ts';
import { statusLines } from './present/statusText.ts';
import { createStyle } from './present/style.ts';
import { createTerminalFrame, frameHeight, frameWidth } from './present/terminalFrame.ts';
import { readLoop } from './readLoop.ts';

/** Longest and shortest time between two looks, in ms. */
const LONGEST_PAUSE_MS = 1_000;
const SHORTEST_PAUSE_MS = 100;

/**
 * Looks at a run until it is over (it ended, or nobody can be seen who works on it) or `onLook` resolves with false,
 * at least every second. Resolves with how it stood then.
 */
export async function untilOver(
  paths: RunPaths,
  intervalMs: number,
  onLook?: (snapshot: RunSnapshot) => Promise<boolean>,
): Promise<RunSnapshot> {
  const pauseMs = Math.max(SHORTEST_PAUSE_MS, Math.min(intervalMs, LONGEST_PAUSE_MS));
  for (;;) {
    const snapshot = await readSnapshot(paths);
    if (snapshot.liveness.state !== 'live') return snapshot;
    if (onLook !== undefined && !(await onLook(snapshot))) return snapshot;
    await delay(pauseMs);
  }
}

/**
 * Shows a run until it is over: a block that is redrawn on a terminal; elsewhere a line whenever something changed,
 * or nothing did for `intervalMs`. The last state stays in full. Ends early when nobody reads any more.
 */
export function watchRun(paths: RunPaths, intervalMs: number, context: CliContext): Promise<void> {
  return context.stdout.isTTY === true
    ? watchOnTerminal(paths, intervalMs, context)
    : watchInLines(paths, intervalMs, context);
}

async function watchOnTerminal(paths: RunPaths, intervalMs: number, context: CliContext): Promise<void> {
  const frame = createTerminalFrame(context.stdout);
  const last = await untilOver(paths, intervalMs, async (snapshot) => {
    const width = frameWidth(context.stdout);
    const lines = (await block(snapshot, paths, context)).slice(0, frameHeight(context.stdout));
    frame.draw(lines.map((line) => (cellWidth(line) <= width ? line : cutPlain(line, width))));
    return true;
  });
  frame.draw([]);
  frame.print(await block(last, paths, context));
}

async function watchInLines(paths: RunPaths, intervalMs: number, context: CliContext): Promise<void> {
  const output = pacedOutput(context.stdout);
  let shown = '';
  let shownAtMs = 0;
  const last = await untilOver(paths, intervalMs, async (snapshot) => {
    const loop = await readLoop(paths);
    const state = stateOf(snapshot, loop);
    if (state !== shown || performance.now() - shownAtMs >= intervalMs) {
      await output.write(`${progressLine(snapshot, context.now().getTime(), loop)}\n`);
      shown = state;
      shownAtMs = performance.now();
    }
    return output.isOpen;
  });
  await output.write((await block(last, paths, context)).map((line) => `${line}\n`).join(''));
}

async function block(snapshot: RunSnapshot, paths: RunPaths, context: CliContext): Promise<string[]> {
  const style = createStyle(context.stdout, context.env);
  return statusLines(snapshot, { style, nowMs: context.now().getTime(), loop: await readLoop(paths) });
}

/** Everything of a run that is a change to its reader; the time that passes is not. */
function stateOf({ manifest }: RunSnapshot, loop: LoopReading | null): string {
  const stages = manifest.commands.map(({ id, status, started_at }) => [id, status, started_at]);
  return JSON.stringify([manifest.status, stages, manifest.child_runs, loopPlace(loop)]);
}

/** Colours are given up: cutting between them could leave one switched on. */
function cutPlain(line: string, width: number): string {
  return cutCells(stripVTControlCharacters(line), width);
}
