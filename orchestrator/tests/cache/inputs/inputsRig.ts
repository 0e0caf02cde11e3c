import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openHashMemo } from '../../../src/cache/inputs/hashMemo.ts';
import { snapshotInputs, type InputSnapshot } from '../../../src/cache/inputs/snapshotInputs.ts';
import { eventually } from '../../support/eventually.ts';

/** A repository, or a plain folder, with nothing in it, and a file for a memo beside it. */
export interface InputsRig {
  root: string;
  memoFile: string;
  /** Makes a file and the folders above it. */
  write(file: string, content?: string): void;
  link(file: string, target: string): void;
  remove(file: string): void;
  git(...args: string[]): void;
  /** Looks with the memo from the file, and saves it. */
  look(patterns: string[], exclude?: string[]): Promise<InputSnapshot>;
  /** Looks without a memo. */
  lookAnew(patterns: string[], exclude?: string[]): Promise<InputSnapshot>;
  /** The paths that {@link lookAnew} finds. */
  paths(...patterns: string[]): Promise<string[]>;
  /** Waits until what was written is old enough to be remembered. */
  settle(): Promise<void>;
  cleanup(): void;
}

/** The configuration of whoever runs the tests does not count. */
const ENVIRONMENT = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

export function makeInputsRig({ isRepository = true } = {}): InputsRig {
  const top = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'codex-inputs-')));
  const root = path.join(top, 'repo');
  const memoFile = path.join(top, 'memo', 'hashes.bin');
  const before = Object.keys(ENVIRONMENT).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, ENVIRONMENT);
  fs.mkdirSync(root);
  const place = (file: string): string => path.join(root, file);
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  if (isRepository) git('init', '-q', '--template=');
  const lookAnew: InputsRig['lookAnew'] = (patterns, exclude = []) =>
    snapshotInputs({ repoRoot: root, patterns, memo: null, exclude });
  return {
    root,
    memoFile,
    write(file, content = file) {
      fs.mkdirSync(path.dirname(place(file)), { recursive: true });
      fs.writeFileSync(place(file), content);
    },
    link(file, target) {
      fs.mkdirSync(path.dirname(place(file)), { recursive: true });
      fs.symlinkSync(target, place(file));
    },
    remove: (file) => fs.rmSync(place(file), { recursive: true, force: true }),
    git,
    async look(patterns, exclude = []) {
      const memo = openHashMemo(memoFile);
      const snapshot = await snapshotInputs({ repoRoot: root, patterns, memo, exclude });
      await memo.save();
      return snapshot;
    },
    lookAnew,
    paths: async (...patterns) => (await lookAnew(patterns)).files.map((file) => file.path),
    async settle() {
      const written = Date.now();
      await eventually(() => Date.now() > written + 30, { what: 'a later time' });
    },
    cleanup() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      fs.rmSync(top, { recursive: true, force: true });
    },
  };
}
