import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A program of this folder as one file of JavaScript. */
export interface BundledProgram {
  /** Absolute path, for `node`. */
  path: string;
  remove(): void;
}

/** Bundles `<name>.ts` of this folder, so that a process of it starts as fast as plain node. */
export async function bundleProgram(name: string): Promise<BundledProgram> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'codex-program-'));
  const bundled = path.join(directory, `${name}.cjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile: bundled,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return { path: bundled, remove: () => fs.rmSync(directory, { recursive: true }) };
}
