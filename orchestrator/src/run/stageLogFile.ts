import { existsSync } from 'node:fs';
import path from 'node:path';
import type { RunLocation } from './findRun.ts';
import type { CommandRecord } from './manifestTypes.ts';
import { stageFileName } from './stageFiles.ts';

/**
 * Absolute path of the log of a stage that has started: as the manifest has it, else (the runs were moved) under its
 * name in the folder of the run. Null when there is no such file.
 */
export function stageLogFile({ env, paths }: RunLocation, command: CommandRecord): string | null {
  const named = path.join(paths.commandsDir, `${stageFileName(command.index, command.id)}.ndjson`);
  const recorded = command.log_path === null ? named : path.resolve(env.repoRoot, command.log_path);
  return [recorded, named].find((file) => existsSync(file)) ?? null;
}
