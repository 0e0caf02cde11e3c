import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Preload of a measured program (`node --require`). When that exits, it writes its peak of resident memory and how
 * often it renamed a file onto each path, as JSON, to the file that `CODEX_BENCH_PROBE` names; `probeNode` reads it.
 */
const report = process.env['CODEX_BENCH_PROBE'] ?? '';
const renames: Record<string, number> = {};

function count(target: fs.PathLike): void {
  const name = String(target);
  renames[name] = (renames[name] ?? 0) + 1;
}

const { rename, renameSync } = fs;
const promised = fs.promises.rename;
Object.assign(fs, {
  rename(from: fs.PathLike, to: fs.PathLike, done: fs.NoParamCallback): void {
    count(to);
    rename(from, to, done);
  },
  renameSync(from: fs.PathLike, to: fs.PathLike): void {
    count(to);
    renameSync(from, to);
  },
});
Object.assign(fs.promises, {
  rename(from: fs.PathLike, to: fs.PathLike): Promise<void> {
    count(to);
    return promised(from, to);
  },
});
syncBuiltinESMExports();

process.on('exit', () => {
  fs.writeFileSync(report, JSON.stringify({ peakRssBytes: peakRssBytes(), renames }));
});

/**
 * Linux: VmHWM of proc(5), the high-water mark of this program alone. The maxrss of getrusage(2) starts at the size
 * of the process that spawned it, because Linux carries it over an exec; elsewhere it is what there is.
 */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const line = /^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) * 1024;
}
