import { statfs } from 'node:fs/promises';
import os from 'node:os';

/** Where numbers were measured. */
export interface Machine {
  cores: number;
  processor: string;
  system: string;
  node: string;
  /** Load averages over 1, 5 and 15 minutes before the first measurement. */
  load: number[];
  /** Whether temporary files lie in memory, where a write costs nothing like it does on a disk. */
  temporaryFilesInMemory: boolean;
}

/** Looks at the machine as it is now. */
export async function describeMachine(): Promise<Machine> {
  const cpus = os.cpus();
  return {
    cores: cpus.length,
    processor: cpus[0]?.model.trim() ?? 'unknown processor',
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    load: os.loadavg(),
    temporaryFilesInMemory: await isTmpfs(os.tmpdir()),
  };
}

/** The machine in one line. */
export function machineLine(machine: Machine): string {
  const load = machine.load.map((value) => value.toFixed(2)).join(' ');
  const place = machine.temporaryFilesInMemory ? 'in memory' : 'on disk';
  return (
    `${machine.cores} cores (${machine.processor}), ${machine.system}, Node ${machine.node}, ` +
    `load ${load}, temporary files ${place}`
  );
}

/** statfs(2), `f_type`. */
const TMPFS_MAGIC = 0x01_02_19_94;

async function isTmpfs(folder: string): Promise<boolean> {
  return os.type() === 'Linux' && (await statfs(folder)).type === TMPFS_MAGIC;
}
