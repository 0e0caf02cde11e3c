import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { peakRssBytes } from './peakRssBytes.ts';

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
