import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { VERSION } from '../src/version.ts';
import { publish } from './build/publish.ts';

export interface BundleOptions {
  /** Absolute path of the folder that gets `cli.js` and `chunks/`. */
  outDir: string;
  /** Smaller and unreadable; what is published. */
  minify: boolean;
  /** Absolute path of the entry; default `orchestrator/src/cli.ts`. */
  entry?: string;
}

/** Absolute path of this package. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SHEBANG = '#!/usr/bin/env node\n';

/**
 * CommonJS libraries inside an ES module look for a `require` of Node's own modules. `createRequire` costs about
 * 1 ms at every start; Node hands its own modules out without it.
 */
const REQUIRE = 'const require = process.getBuiltinModule;\n';

/**
 * Bundles the command line and all libraries it uses into ES modules, split so that a rarely used command costs
 * nothing at start-up, and puts them into `outDir` in an order that a CLI running from there survives.
 *
 * @returns esbuild's account of what went into which file.
 * @throws Error with every message of the bundler, when the sources do not bundle.
 */
export async function bundle(options: BundleOptions): Promise<Metafile> {
  const result = await build({
    absWorkingDir: PACKAGE_ROOT,
    entryPoints: { cli: options.entry ?? path.join(PACKAGE_ROOT, 'orchestrator/src/cli.ts') },
    outdir: options.outDir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // The "main" file of some libraries is a UMD wrapper, which no bundler can look into.
    mainFields: ['module', 'main'],
    define: {
      __VERSION__: JSON.stringify(VERSION),
      __filename: 'import.meta.filename',
      __dirname: 'import.meta.dirname',
    },
    minify: options.minify,
    // Their texts are collected in one file of their own.
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const files = result.outputFiles.map((file) => {
    const name = path.relative(options.outDir, file.path);
    const isEntry = name === 'cli.js';
    const needsRequire = /\brequire\b/.test(file.text);
    return {
      name,
      text: `${isEntry ? SHEBANG : ''}${needsRequire ? REQUIRE : ''}${file.text}`,
      isEntry,
    };
  });
  await publish(options.outDir, files);
  return result.metafile;
}
