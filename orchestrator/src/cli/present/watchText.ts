import { formatDuration } from './duration.ts';
import { printable } from './printable.ts';
import { count } from './runLines.ts';
import type { Style } from './style.ts';

/** How many files are named at most. */
const MOST_NAMED = 3;

/** Said whenever nothing is left to do. */
export function watchingLine(files: number, style: Style): string {
  return style.dim(`Watching ${count(files, 'file')} for changes (Ctrl-C to stop).`);
}

/** Why there is another run. */
export interface ChangeFacts {
  /** Files that changed, the configuration file excepted. */
  paths: readonly string[];
  /** The configuration file changed, too. */
  hasNewConfig: boolean;
  /** Stages that are touched, in listed order. */
  touched: readonly string[];
  /** How many stages the pipeline has. */
  stages: number;
}

/** `Changed: src/a.ts, src/b.ts and 4 more files. Touches lint, test.` */
export function changedLine({ paths, hasNewConfig, touched, stages }: ChangeFacts, style: Style): string {
  const what = filesText(hasNewConfig ? ['the configuration', ...paths] : paths);
  const where = touched.length === stages ? 'every stage' : touched.map(printable).join(', ');
  return `${style.cyan('Changed:')} ${what}.${where === '' ? '' : ` Touches ${where}.`}`;
}

/** A person saves files during run after run, or a stage writes them. */
export function pausingLine(paths: readonly string[], ms: number, style: Style): string {
  const what = filesText(paths);
  return style.dim(
    `Changed in each of the last runs while they were going on: ${what}. The next one begins when a file is saved, or in ${formatDuration(ms)}.`,
  );
}

/** A stage writes files anew in each run. */
export function heldText(paths: readonly string[]): string {
  const what = filesText(paths);
  const them = paths.length === 1 ? 'it' : 'them';
  return [
    `Changed in each of the last runs while they were going on: ${what}. A stage seems to write ${them}, so no further run is started for ${them}.`,
    'Name what a stage makes in the outputs of its cache or in .gitignore. Saved while nothing runs, a file starts a run as ever.',
  ].join('\n');
}

/** Shown instead of {@link heldText} from the second time on. */
export function heldLine(paths: readonly string[], style: Style): string {
  return style.dim(`Changed during the run, taken for the work of a stage: ${filesText(paths)}.`);
}

/** The system does not let all folders be watched. */
export function watchLimitText(code: 'ENOSPC' | 'EMFILE' | 'ENFILE'): string {
  const [limit, advice] =
    code === 'ENOSPC'
      ? ['folders under watch', '`sudo sysctl fs.inotify.max_user_watches=524288`']
      : [
          'open files or watching programs',
          '`ulimit -n` and `sudo sysctl fs.inotify.max_user_instances=512`',
        ];
  return [
    `Not every folder can be watched: the limit of the system for ${limit} is reached (${code}). All files are looked at every 2 seconds instead.`,
    `On Linux, ${advice} raise${code === 'ENOSPC' ? 's' : ''} it.`,
  ].join('\n');
}

function filesText(paths: readonly string[]): string {
  const named = paths.slice(0, paths.length === MOST_NAMED + 1 ? paths.length : MOST_NAMED).map(printable);
  const left = paths.length - named.length;
  return left === 0 ? named.join(', ') : `${named.join(', ')} and ${count(left, 'more file')}`;
}
