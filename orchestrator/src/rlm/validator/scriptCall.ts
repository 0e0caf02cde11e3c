/** A call of a package manager that runs a script of `package.json`. */
export interface ScriptCall {
  script: string;
  /** Folder of the `package.json`, relative to the folder of the call; `.` when it is the same. */
  folder: string;
  /** The words after the name. */
  rest: string[];
}

/**
 * Which script a command runs: `npm test`, `npm run x`, `pnpm x`, `yarn x`, `bun run x`, with options before the name.
 * Null for commands that run none.
 *
 * @param words of one simple command, from the name of the package manager on
 */
export function scriptCall(words: readonly string[]): ScriptCall | null {
  const manager = words[0] ?? '';
  if (!MANAGERS.has(manager)) return null;
  let folder = '.';
  let runs = false;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [option = '', inline] = word.split('=', 2);
    if (FOLDER_OPTIONS.has(option)) folder = inline ?? words[(at += 1)] ?? folder;
    else if (VALUE_OPTIONS.has(option) && inline === undefined) at += 1;
    else if (!runs && RUN.has(word)) runs = true;
    else if (!word.startsWith('-')) {
      const script = runs ? word : scriptOf(manager, word);
      return script === null ? null : { script, folder, rest: words.slice(at + 1) };
    }
  }
  return null;
}

/** The script behind a subcommand. pnpm and yarn run any script by its name; `bun test` is bun's own runner. */
function scriptOf(manager: string, subcommand: string): string | null {
  if (manager === 'bun') return null;
  const short = SHORT_NAMES.get(subcommand) ?? subcommand;
  return manager !== 'npm' || NPM_SCRIPTS.has(short) ? short : null;
}

const MANAGERS = new Set(['npm', 'pnpm', 'yarn', 'bun']);
const RUN = new Set(['run', 'run-script', 'rum', 'urn']);
const SHORT_NAMES = new Map([
  ['t', 'test'],
  ['tst', 'test'],
]);
const NPM_SCRIPTS = new Set(['test', 'start', 'stop', 'restart']);
const FOLDER_OPTIONS = new Set(['--prefix', '-C', '--dir', '--cwd']);
const VALUE_OPTIONS = new Set(['-w', '--workspace', '--filter', '-F', '--loglevel', '--script-shell']);
