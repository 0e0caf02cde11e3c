import { setTimeout as delay } from 'node:timers/promises';
import type { RunLocation } from '../../run/findRun.ts';
import type { CommandRecord } from '../../run/manifestTypes.ts';
import { findCommand } from '../../run/projection.ts';
import { readSnapshot } from '../../run/readSnapshot.ts';
import { readStageOutput } from '../../run/readStageOutput.ts';
import { stageLogFile } from '../../run/stageLogFile.ts';
import { countLines, createLineSkipper } from './lines.ts';
import type { LogPrinter } from './logPrinter.ts';

/** Ms between two looks at a run whose next stage has not begun. */
const POLL_MS = 150;

export interface LogRequest {
  location: RunLocation;
  /** Goes on until the run is over. */
  follow: boolean;
  /** Only this stream. */
  stream: 'stdout' | 'stderr' | undefined;
  /** Only so many lines from the end of each stage. */
  tail: number | undefined;
  onDamage(file: string, line: number, reason: string): void;
}

/** Shows the logs of the given stages in their order. Ends early when nobody reads any more. */
export async function showLogs(
  stages: readonly CommandRecord[],
  request: LogRequest,
  printer: LogPrinter,
): Promise<void> {
  for (const stage of stages) {
    await showStage(request.follow ? await untilBegun(request.location, stage) : stage, request, printer);
    if (!printer.isOpen) return;
  }
  await printer.end();
}

async function showStage(stage: CommandRecord, request: LogRequest, printer: LogPrinter): Promise<void> {
  const { location, follow, stream, tail } = request;
  await printer.beginStage(stage);
  const file = stageLogFile(location, stage);
  if (file === null) return printer.endStage(stage, { attempts: 0, note: noLogNote(stage) });

  let latest = stage;
  const isComplete = async (): Promise<boolean> => {
    if (!follow || !printer.isOpen) return true;
    const { command, isOver } = await look(location, stage);
    latest = command;
    return isOver || !isUnderWay(command);
  };
  const skip = createLineSkipper(tail === undefined ? 0 : (await countLines(file, stream)) - tail);
  let attempts = 0;
  let hasPrinted = false;
  for await (const item of readStageOutput(file, isComplete)) {
    if (item.kind === 'attempt') attempts += 1;
    else if (item.kind === 'damaged') request.onDamage(file, item.line, item.reason);
    else if (stream === undefined || item.stream === stream) {
      hasPrinted = true;
      const rest = skip(item.bytes);
      if (rest.length > 0) await printer.output(item.stream, rest);
      if (!printer.isOpen) return;
    }
  }
  const silence = stream === undefined ? 'printed nothing' : `printed nothing to ${stream}`;
  await printer.endStage(latest, { attempts, note: hasPrinted ? null : silence });
}

/** Waits until a stage is at work, or never will be. */
async function untilBegun(location: RunLocation, stage: CommandRecord): Promise<CommandRecord> {
  for (;;) {
    const { command, isOver } = await look(location, stage);
    if (isOver || command.status !== 'pending') return command;
    await delay(POLL_MS);
  }
}

async function look(
  { paths }: RunLocation,
  stage: CommandRecord,
): Promise<{ command: CommandRecord; isOver: boolean }> {
  const { manifest, liveness } = await readSnapshot(paths);
  const command = findCommand(manifest, stage.id, stage.index) ?? stage;
  return { command, isOver: liveness.state !== 'live' };
}

function isUnderWay({ status }: CommandRecord): boolean {
  return status === 'pending' || status === 'running';
}

function noLogNote({ kind, status, sub_run_id, log_path }: CommandRecord): string {
  if (sub_run_id !== null) return `a run of its own: codex-orchestrator logs ${sub_run_id}`;
  if (status === 'pending') return 'has not started';
  return kind === 'subpipeline' ? 'a run of its own' : `its log is missing: ${log_path ?? 'it names none'}`;
}
