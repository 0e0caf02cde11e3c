import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { VERSION } from '../src/version.ts';
import { plainBuiltins } from './build/plainBuiltins.ts';
import { publish, type OutputFile } from './build/publish.ts';
import { bareSchema } from './schema.ts';

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

/** A command loads its own code and no other: parsing takes 35 µs for a kilobyte. */
const COMMANDS = 'cli/commands/';

/** What most commands never load. */
const SELDOM_LOADED = [
  'cli/completion/cacheValues.ts',
  'cli/rlm/offerValidators.ts',
  'cli/watch/watchRepository.ts',
  'config/checkShape.ts',
  'config/detect.ts',
  'config/locateFindings.ts',
  'pipeline/stageCache/explainPipeline.ts',
  'pipeline/stageCache/openStageCache.ts',
  'rlm/loop/parseState.ts',
  'rlm/loop/runLoop.ts',
];

/** Loads a chunk at run time. */
const CHUNK_LOADER = './orchestrator/src/cli/loadChunk.ts';

const CHUNKS = 'chunks';

const SHEBANG = '#!/usr/bin/env node\n';

/**
 * Bundles the command line with all libraries it uses: a small entry, a chunk for what the entry imports lazily, and one
 * for each command and for each of {@link SELDOM_LOADED}; what else a chunk imports lazily is inside it and evaluated when
 * asked for. A chunk has a copy of the modules that it shares with others, so what it shares must not be told apart by
 * identity or hold state. CommonJS, because Node loads one such file about 10 ms faster than the same code as ES
 * modules. The files are put into `outDir` in an order that a CLI running from there survives.
 *
 * @returns esbuild's account of what went into which file.
 * @throws Error with every message of the bundler, when the sources do not bundle.
 */
export async function bundle(options: BundleOptions): Promise<Metafile> {
  const entry = options.entry ?? path.join(PACKAGE_ROOT, 'orchestrator/src/cli.ts');
  const metafile: Metafile = { inputs: {}, outputs: {} };
  const files: OutputFile[] = [];
  const builtins = plainBuiltins();
  const add = async (buildOptions: BuildOptions, isEntry: boolean): Promise<OutputFile> => {
    const result = await build({ ...common(options), ...buildOptions, write: false, metafile: true });
    Object.assign(metafile.inputs, result.metafile.inputs);
    Object.assign(metafile.outputs, result.metafile.outputs);
    const [output] = result.outputFiles;
    if (output === undefined) throw new Error('The bundler made no file');
    const name = path.relative(options.outDir, output.path);
    const file = { name, text: `${isEntry ? SHEBANG : ''}${output.text}`, isEntry };
    files.push(file);
    return file;
  };
  const chunks = new Map<string, Promise<OutputFile>>();
  /** @param folder where the file lies that imports, in the folder of the output */
  const lazyChunks = (folder: string, isOne: (module: string) => boolean): Plugin => ({
    name: 'lazy-chunks',
    setup(plugin) {
      plugin.onResolve({ filter: /^\.\.?\// }, async ({ kind, path: specifier, resolveDir }) => {
        const module = path.resolve(resolveDir, specifier);
        if (kind !== 'dynamic-import' || !isOne(module)) return null;
        const chunk = chunks.get(module) ?? addChunk(module);
        chunks.set(module, chunk);
        return { path: path.posix.relative(folder, (await chunk).name), namespace: CHUNKS };
      });
      plugin.onLoad({ filter: /^/, namespace: CHUNKS }, ({ path: file }) => ({
        contents: `const { loadChunk } = require(${JSON.stringify(CHUNK_LOADER)});
          module.exports = loadChunk(require('node:path').join(__dirname, ${JSON.stringify(file)}), require);`,
        resolveDir: PACKAGE_ROOT,
      }));
    },
  });
  const addChunk = (module: string): Promise<OutputFile> =>
    add(
      {
        entryPoints: [module],
        entryNames: `${CHUNKS}/[name]-[hash]`,
        plugins: [lazyChunks(CHUNKS, isOwnChunk), builtins],
      },
      false,
    );
  await add({ entryPoints: { cli: entry }, plugins: [lazyChunks('', () => true), builtins] }, true);
  await publish(options.outDir, files);
  return metafile;
}

function isOwnChunk(module: string): boolean {
  const name = path.relative(path.join(PACKAGE_ROOT, 'orchestrator/src'), module);
  return name.startsWith(COMMANDS) || SELDOM_LOADED.includes(name);
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
    define: {
      __VERSION__: JSON.stringify(VERSION),
      __TO_PACKAGE__: JSON.stringify(path.relative(path.join(outDir, CHUNKS), path.dirname(outDir))),
      __CONFIG_SCHEMA__: JSON.stringify(bareSchema()),
      'import.meta.dirname': '__dirname',
    },
    // What the sources import and what a library requires would be two copies of it, each with handlers of its own.
    alias: { 'signal-exit': createRequire(import.meta.url).resolve('signal-exit') },
    minify,
    // Their texts are collected in one file of their own.
    legalComments: 'none',
    logLevel: 'silent',
  };
}
