import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../tools/bundle.ts';

const PACKAGE_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Bundles the command line once for the whole suite into a folder of its own, so that no test depends on `dist/` or
 * meets it half replaced by a build that runs at the same time. Sources that do not bundle fail the tests that start
 * the command line, not all others.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = await mkdtemp(path.join(tmpdir(), 'codex-cli-under-test-'));
  project.provide('cliUnderTest', await bundleInto(root));
  // The configuration blanks it for all tests; the one that installs a package needs it.
  project.provide('extraCertificates', process.env['NODE_EXTRA_CA_CERTS'] ?? '');
  return () => rm(root, { recursive: true, force: true });
}

async function bundleInto(root: string): Promise<{ path: string; problem: string }> {
  // The bundle finds its package where an installed one has it. Without "type": "module" in sight, Node would first
  // try to read each file as CommonJS.
  await copyFile(path.join(PACKAGE_ROOT, 'package.json'), path.join(root, 'package.json'));
  const outDir = path.join(root, 'dist');
  try {
    await bundle({ outDir, minify: false });
  } catch (error) {
    return { path: '', problem: error instanceof Error ? error.message : String(error) };
  }
  return { path: path.join(outDir, 'cli.cjs'), problem: '' };
}
