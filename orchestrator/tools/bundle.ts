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

/**
 * What most commands never load, and would have to parse: 35 µs for a kilobyte. Each has a copy of the modules that it
 * shares with others, so what it shares must not be told apart by identity or hold state.
 */
const OWN_CHUNKS = [
  'rlm/loop/runLoop.ts',
  'cli/commands/metrics.ts',
  'cli/commands/rlmRestore.ts',
  'cli/commands/cache.ts',
  'cli/completion/cacheValues.ts',
  'cli/watch/watchRepository.ts',
  'pipeline/stageCache/openStageCache.ts',
  'pipeline/stageCache/explainPipeline.ts',
];

const CHUNKS = 'chunks';

const SHEBANG = '#!/usr/bin/env node\n';

/** CommonJS has no `import.meta`; the sources use its `url` to find their package. */
const IMPORT_META_URL = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;\n";

/**
 * Bundles the command line with all libraries it uses: a small entry, a chunk for each module that the entry imports
 * lazily, and one for each of {@link OWN_CHUNKS}. CommonJS, because Node loads one such file about 10 ms faster than the
 * same code as ES modules; what else a chunk imports lazily is inside it and evaluated when asked for. The files are put into `outDir` in an
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
        return { path: `./${path.posix.relative(folder, (await chunk).name)}`, external: true };
      });
    },
  });
  const addChunk = (module: string): Promise<OutputFile> =>
    add(
      {
        entryPoints: [module],
        entryNames: `${CHUNKS}/[name]-[hash]`,
        plugins: [lazyChunks(CHUNKS, (other) => OWN_CHUNKS.includes(sourceName(other)))],
      },
      false,
    );
  await add({ entryPoints: { cli: entry }, plugins: [lazyChunks('', () => true)] }, true);
  await publish(options.outDir, files);
  return metafile;
}

/** Name of a module below the sources. */
function sourceName(module: string): string {
  return path.relative(path.join(PACKAGE_ROOT, 'orchestrator/src'), module);
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
