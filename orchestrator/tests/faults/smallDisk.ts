import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A file system of its own in a folder. */
export interface SmallDisk {
  /** Changes how it is mounted, e.g. `ro` or `size=8m`. */
  remount(option: string): void;
  /** Has to be called before the folder can be removed. */
  unmount(): void;
}

/** Mounts a small tmpfs on a new folder; null where that is not allowed, as it is for most users. */
export function mountSmallDisk(folder: string, size: string): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  if (!succeeds('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)) return null;
  return {
    remount(option) {
      if (!succeeds('mount', '-o', `remount,${option}`, folder)) throw new Error(`Cannot remount ${folder}`);
    },
    unmount() {
      if (!succeeds('umount', folder)) throw new Error(`Cannot unmount ${folder}`);
    },
  };
}

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
