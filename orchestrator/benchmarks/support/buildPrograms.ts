import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle } from '../../tools/bundle.ts';

/** Absolute paths of what the suites run with `node`. */
export interface Programs {
  /** The command line, minified as it is published. */
  cli: string;
  /** Preload that watches a program from inside, see `probeNode`. */
  probe: string;
  /** Prints what a test reporter prints. */
  testReporter: string;
  /** Prints what Codex prints. */
  codexEvents: string;
  /** Writes a metrics history, see there. */
  writeHistory: string;
  /** Records runs, or only aggregates, and tells what that cost. */
  recordMetrics: string;
  /** Reads documents as fast as it can. */
  pollDocuments: string;
}

/**
 * Builds everything that is measured into `folder`, so that the numbers are those of the source as it stands and not
 * of an earlier build.
 *
 * @throws Error with the messages of the bundler, when the sources do not bundle.
 */
export async function buildPrograms(folder: string): Promise<Programs> {
  const cliFolder = path.join(folder, 'dist');
  const probe = path.join(folder, 'probe.cjs');
  const testReporter = path.join(folder, 'testReporter.mjs');
  const codexEvents = path.join(folder, 'codexEvents.mjs');
  await bundle({ outDir: cliFolder, minify: true });
  await compile('probe.ts', probe, 'cjs');
  await compile('testReporter.ts', testReporter, 'esm');
  await compile('codexEvents.ts', codexEvents, 'esm');
  return {
    cli: path.join(cliFolder, 'cli.cjs'),
    probe,
    testReporter,
    codexEvents,
    ...(await buildMetricsPrograms(folder)),
  };
}

async function buildMetricsPrograms(folder: string) {
  const [writeHistory = '', recordMetrics = '', pollDocuments = ''] = await Promise.all(
    ['writeHistory', 'recordMetrics', 'pollDocuments'].map(async (name) => {
      const program = path.join(folder, `${name}.cjs`);
      await compile(`${name}.ts`, program, 'cjs');
      return program;
    }),
  );
  return { writeHistory, recordMetrics, pollDocuments };
}

async function compile(source: string, outfile: string, format: 'cjs' | 'esm'): Promise<void> {
  const entry = fileURLToPath(new URL(`../programs/${source}`, import.meta.url));
  await build({ entryPoints: [entry], outfile, format, bundle: true, platform: 'node', target: 'node20' });
}
