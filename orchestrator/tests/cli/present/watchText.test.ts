import { expect, test } from 'vitest';
import {
  changedLine,
  heldLine,
  heldText,
  pausingLine,
  watchingLine,
  watchLimitText,
} from '../../../src/cli/present/watchText.ts';
import { createStyle } from '../../../src/cli/present/style.ts';
import { memoryStream } from './memoryStream.ts';

const style = createStyle(memoryStream(), {});
const FACTS = { paths: ['src/a.ts'], hasNewConfig: false, touched: ['lint', 'test'], stages: 3 };

test('how many files are watched', () => {
  expect(watchingLine(214, style)).toBe('Watching 214 files for changes (Ctrl-C to stop).');
  expect(watchingLine(1, style)).toBe('Watching 1 file for changes (Ctrl-C to stop).');
});

test('which files changed, and which stages that touches', () => {
  expect(changedLine(FACTS, style)).toBe('Changed: src/a.ts. Touches lint, test.');
  expect(changedLine({ ...FACTS, stages: 2 }, style)).toBe('Changed: src/a.ts. Touches every stage.');
  const paths = ['a', 'b', 'c', 'd'];
  expect(changedLine({ ...FACTS, paths }, style)).toBe('Changed: a, b, c, d. Touches lint, test.');
  expect(changedLine({ ...FACTS, paths: [...paths, 'e\n'] }, style)).toBe(
    'Changed: a, b, c and 2 more files. Touches lint, test.',
  );
  expect(changedLine({ ...FACTS, paths: [], hasNewConfig: true, touched: [] }, style)).toBe(
    'Changed: the configuration.',
  );
});

test('names of files cannot take over the terminal', () => {
  expect(changedLine({ ...FACTS, paths: ['a\u001b[2J\nb'] }, style)).toBe(
    String.raw`Changed: a\x0ab. Touches lint, test.`,
  );
});

test('a file that somebody writes again and again', () => {
  expect(pausingLine(['stamp'], 3_000, style)).toBe(
    'Changed in each of the last runs while they were going on: stamp. The next one begins when a file is saved, or in 3.0 s.',
  );
});

test('a file that seems to be written by a stage', () => {
  expect(heldText(['stamp'])).toBe(
    'Changed in each of the last runs while they were going on: stamp. A stage seems to write it, so no further run is started for it.\n' +
      'Name what a stage makes in the outputs of its cache or in .gitignore. Saved while nothing runs, a file starts a run as ever.',
  );
  expect(heldText(['a', 'b'])).toContain(
    'A stage seems to write them, so no further run is started for them.',
  );
  expect(heldLine(['stamp'], style)).toBe('Changed during the run, taken for the work of a stage: stamp.');
});

test('limits of the system, and what raises them', () => {
  expect(watchLimitText('ENOSPC')).toBe(
    'Not every folder can be watched: the limit of the system for folders under watch is reached (ENOSPC). All files are looked at every 2 seconds instead.\n' +
      'On Linux, `sudo sysctl fs.inotify.max_user_watches=524288` raises it.',
  );
  expect(watchLimitText('EMFILE')).toBe(
    'Not every folder can be watched: the limit of the system for open files or watching programs is reached (EMFILE). All files are looked at every 2 seconds instead.\n' +
      'On Linux, `ulimit -n` and `sudo sysctl fs.inotify.max_user_instances=512` raise it.',
  );
});
