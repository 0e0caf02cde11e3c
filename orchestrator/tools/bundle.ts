import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { VERSION } from '../src/version.ts';
import { publish, type OutputFile } from './build/publish.ts';

export interface BundleOptions {
  /** Absolute path of the folder that gets `cli.cjs` and `chunks/`. */
  outDir: string;
  /** Smaller and unreadable; what is published. */
  minify: boolean;
  /** Absolute path of the entry; default `orchestrator/src/cli.ts`. */
  entry?: string;
}

/** Absolute path of this package. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SHEBANG = '#!/usr/bin/env node\n';

/** CommonJS has no `import.meta`; the sources use its `url` to find their package. */
const IMPORT_META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;\n";

/**
 * Bundles the command line with all libraries it uses: a small entry, and a chunk for each module that the entry
 * imports lazily. CommonJS, because Node loads one such file about 10 ms faster than the same code as ES modules;
 * what a chunk imports lazily is inside it and evaluated when asked for. The files are put into `outDir` in an
 * order that a CLI running from there survives.
 *
 * @returns esbuild's account of what went into which file.
 * @throws Error with every message of the bundler, when the sources do not bundle.
 */
export async function bundle(options: BundleOptions): Promise<Metafile> {
  const entry = options.entry ?? path.join(PACKAGE_ROOT, 'orchestrator/src/cli.ts');
  const metafile: Metafile = { inputs: {}, outputs: {} };
  const files: OutputFile[] = [];
  const add = async (buildOptions: BuildOptions, isEntry: boolean): Promise<OutputFile> => {
    const result = await build({ ...common(options), ...buildOptions, write: false, metafile: true });
    Object.assign(metafile.inputs, result.metafile.inputs);
    Object.assign(metafile.outputs, result.metafile.outputs);
    const [output] = result.outputFiles;
    if (output === undefined) throw new Error('The bundler made no file');
    const name = path.relative(options.outDir, output.path);
    const needsUrl = output.text.includes('importMetaUrl');
    const text = `${isEntry ? SHEBANG : ''}${needsUrl ? IMPORT_META_URL : ''}${output.text}`;
    const file = { name, text, isEntry };
    files.push(file);
    return file;
  };
  const lazyChunks: Plugin = {
    name: 'lazy-chunks',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\.?\// }, async ({ kind, path: specifier, resolveDir }) => {
        if (kind !== 'dynamic-import') return null;
        const module = path.resolve(resolveDir, specifier);
        const chunk = await add({ entryPoints: [module], entryNames: 'chunks/[name]-[hash]' }, false);
        return { path: `./${chunk.name}`, external: true };
      });
    },
  };
  await add({ entryPoints: { cli: entry }, plugins: [lazyChunks] }, true);
  await publish(options.outDir, files);
  return metafile;
}

function common({ outDir, minify }: BundleOptions): BuildOptions {
  return {
    absWorkingDir: PACKAGE_ROOT,
    outdir: outDir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // `import()` of CommonJS takes the way of ES modules at run time; `require` inside a promise does not.
    supported: { 'dynamic-import': false },
    // The "main" file of some libraries is a UMD wrapper, which no bundler can look into.
    mainFields: ['module', 'main'],
    define: { __VERSION__: JSON.stringify(VERSION), 'import.meta.url': 'importMetaUrl' },
    minify,
    // Their texts are collected in one file of their own.
    legalComments: 'none',
    logLevel: 'silent',
  };
}
