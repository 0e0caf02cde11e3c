import fs from 'node:fs';
import path from 'node:path';
import { runnerConfig } from './runnerConfigs.ts';
import { type ScriptCall, scriptCall } from './scriptCall.ts';
import { shellCommands } from './shellWords.ts';

/** What a command depends on, by label. */
export interface Named {
  /** Absolute path of each file; it need not exist. */
  files: Map<string, string>;
  /** Parts of a `package.json`; null: it has no such part. */
  texts: Map<string, string | null>;
  /** Words with wildcards, relative to the root of the repository. */
  globs: Set<string>;
}

/**
 * Finds what shell text names, by following scripts of `package.json`. Reads nothing but those, and takes one that
 * cannot be read for an empty one: the validator says so itself.
 */
export function namedByCommand(command: string, repoRoot: string): Named {
  const search = new Search(repoRoot);
  search.shell(command, repoRoot);
  return search.named;
}

const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);
const SHELL_TEXT_OPTION = /^-[a-z]*c$/;
const CODE_OPTION = /^(?:-e|--eval)$/;
/** What the validator itself writes changes with every run. */
const OUTPUT_OPTION = /^(?:-o|--?[\w.-]*(?:out|report|junit|cover|log|cache|result)[\w.-]*)(?:=|$)/i;
const OUTPUT_PROGRAM = 'tee';
const OPTION_OR_ASSIGNMENT = /^(?:-|\w+=)/;
const LIKE_A_PATH = /[./]/;
const WILDCARD = /[*?{]/;
const NO_FILE_NAME = /[\0\n]|^-/;
const LONGEST_NAME = 255;

class Search {
  readonly named: Named = { files: new Map(), texts: new Map(), globs: new Set() };
  readonly #root: string;
  readonly #manifests = new Map<string, Record<string, unknown>>();

  constructor(root: string) {
    this.#root = root;
  }

  shell(text: string, from: string): void {
    let folder = from;
    for (const words of shellCommands(text)) {
      if (words[0] === 'cd') folder = path.resolve(folder, words[1] ?? '.');
      else if (words[0] !== OUTPUT_PROGRAM) this.#command(words, folder);
    }
  }

  #command(words: readonly string[], folder: string): void {
    for (const [at, word] of words.entries()) {
      const call = scriptCall(words.slice(at));
      if (call !== null) {
        this.#script(call, folder);
        // `pnpm vitest` runs the program where there is no such script.
        this.#config(call.script, folder);
        this.#command(call.rest, folder);
        return;
      }
      const program = path.basename(word);
      this.#config(program, folder);
      const text = SHELLS.has(program) ? shellText(words.slice(at + 1)) : null;
      if (text !== null) {
        this.shell(text, folder);
        return;
      }
      this.#word(word, words[at - 1] ?? null, folder);
    }
  }

  /** @param before the word before it; null: it is the first one */
  #word(word: string, before: string | null, folder: string): void {
    if (before !== null && (CODE_OPTION.test(before) || OUTPUT_OPTION.test(before))) return;
    if (OUTPUT_OPTION.test(word)) return;
    if (before === '-m') this.#pythonModule(word, folder);
    const isValue = OPTION_OR_ASSIGNMENT.test(word);
    const value = isValue ? word.slice(word.indexOf('=') + 1) : word;
    // A bare program comes from PATH, and most values are no path.
    if ((before === null || isValue) && !LIKE_A_PATH.test(value)) return;
    // pytest names a test in a file as `file::test`.
    this.#file(value.replace(/::.*$/s, ''), folder);
  }

  /** A file of that name beside the validator would be run in place of the installed module. */
  #pythonModule(module: string, folder: string): void {
    const base = module.replaceAll('.', '/');
    for (const file of [`${base}.py`, `${base}/__main__.py`]) this.#file(file, folder);
  }

  #config(program: string, folder: string): void {
    const config = runnerConfig(program);
    if (config === null) return;
    for (const file of config.files) this.#file(file, folder);
    if (config.packageKey === undefined) return;
    const value = this.#manifest(folder)[config.packageKey];
    this.#text(folder, config.packageKey, value === undefined ? null : JSON.stringify(value));
  }

  #script({ script, folder: below }: ScriptCall, from: string): void {
    const folder = path.resolve(from, below);
    const { scripts } = this.#manifest(folder);
    for (const name of [`pre${script}`, script, `post${script}`]) {
      const text = isObject(scripts) ? scripts[name] : undefined;
      const isNew = this.#text(folder, `scripts.${name}`, typeof text === 'string' ? text : null);
      // Scripts may call each other in circles.
      if (isNew && typeof text === 'string') this.shell(text, folder);
    }
  }

  /** @returns false when it was noted before, or lies outside the repository. */
  #text(folder: string, key: string, text: string | null): boolean {
    const manifest = this.#label(path.join(folder, 'package.json'));
    const label = `${manifest} (${key})`;
    if (manifest === null || this.named.texts.has(label)) return false;
    this.named.texts.set(label, text);
    return true;
  }

  #file(name: string, folder: string): void {
    if (name === '' || name.length > LONGEST_NAME || NO_FILE_NAME.test(name)) return;
    const file = path.resolve(folder, name);
    const label = this.#label(file);
    if (label === null) return;
    if (WILDCARD.test(name)) this.named.globs.add(label);
    else this.named.files.set(label, file);
  }

  /** null for what lies outside the repository. */
  #label(file: string): string | null {
    const relative = path.relative(this.#root, file);
    const isOutside = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
    return relative === '' || isOutside ? null : relative.split(path.sep).join('/');
  }

  #manifest(folder: string): Record<string, unknown> {
    const known = this.#manifests.get(folder) ?? readManifest(path.join(folder, 'package.json'));
    this.#manifests.set(folder, known);
    return known;
  }
}

/** The text of `sh -c text`, `bash -lc text`; null for other arguments of a shell. */
function shellText([option, text]: readonly string[]): string | null {
  return option !== undefined && SHELL_TEXT_OPTION.test(option) ? (text ?? null) : null;
}

function readManifest(file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
