import { cp } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeRepo } from './sandboxRepo.ts';
import type { SandboxRepo } from './sandboxRepo.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

/** The sample repositories in `fixtures/repos`. */
export type FixtureName = 'npm-app' | 'pnpm-workspace' | 'yarn-lib' | 'python-lib' | 'go-service';

/** Makes a repository of its own from a sample repository. */
export async function copyFixture(name: FixtureName): Promise<SandboxRepo> {
  const repo = await makeRepo();
  await cp(path.join(FIXTURES, 'repos', name), repo.root, { recursive: true });
  return repo;
}

/** A `PATH` on which the stand-ins for toolchains come first (`fixtures/toolchains/README.md`). */
export function pathWithStandIns(): string {
  return [path.join(FIXTURES, 'toolchains'), process.env['PATH']].join(path.delimiter);
}
