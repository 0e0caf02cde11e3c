import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder with these files, removed when the test is over. Programs (`bin/…`) are made executable. */
export async function tempRepo(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'config-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: name.startsWith('bin/') ? 0o755 : 0o644 });
  }
  return root;
}

/** An environment in which exactly the programs in `<root>/bin` are found. */
export function onlyBin(root: string): NodeJS.ProcessEnv {
  return { PATH: path.join(root, 'bin') };
}
