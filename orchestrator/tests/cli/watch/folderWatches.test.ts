import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchFolders, type FolderWatches } from '../../../src/cli/watch/folderWatches.ts';
import { eventually } from '../../support/eventually.ts';

let root: string;
let events: number;
let watches: FolderWatches;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), 'codex-watches-'));
  fs.mkdirSync(path.join(root, 'src'));
  events = 0;
  watches = watchFolders(root, () => void (events += 1));
});
afterEach(() => {
  watches.close();
  fs.rmSync(root, { recursive: true, force: true });
});

/** Waits for an event after what `act` does. */
async function tells(act: () => void): Promise<boolean> {
  const before = events;
  act();
  return eventually(() => events > before, { what: 'an event' });
}

test('whatever changes in a folder is told', async () => {
  expect(watches.cover(['', 'src'])).toBe(true);
  expect(watches.cover(['', 'src'])).toBe(false);
  const file = path.join(root, 'src', 'a.ts');
  await tells(() => fs.writeFileSync(file, '1'));
  await tells(() => fs.writeFileSync(file, '2'));
  await tells(() => fs.renameSync(file, `${file}x`));
  await tells(() => fs.rmSync(`${file}x`));
  await tells(() => fs.mkdirSync(path.join(root, 'new')));
  expect(watches.cover(['', 'src'])).toBe(false);
  expect(watches.cover(['', 'src', 'new'])).toBe(true);
});

test('a folder in the place of another one is watched anew', async () => {
  watches.cover(['', 'src']);
  const src = path.join(root, 'src');
  fs.rmSync(src, { recursive: true });
  fs.mkdirSync(src);
  await eventually(() => watches.cover(['', 'src']), { what: 'a folder to be watched anew' });
  expect(await tells(() => fs.writeFileSync(path.join(src, 'b.ts'), ''))).toBe(true);
  fs.renameSync(src, path.join(root, 'old'));
  fs.mkdirSync(src);
  await eventually(() => watches.cover(['', 'src']), { what: 'a folder to be watched anew' });
  expect(await tells(() => fs.writeFileSync(path.join(src, 'c.ts'), ''))).toBe(true);
});

test('a folder that is gone is left out, and one that nobody wants any more tells nothing', async () => {
  expect(watches.cover(['', 'src', 'gone'])).toBe(true);
  expect(watches.cover(['', 'src', 'gone'])).toBe(false);
  watches.cover(['']);
  await tells(() => {
    fs.writeFileSync(path.join(root, 'src', 'a.ts'), '');
    fs.writeFileSync(path.join(root, 'end'), '');
  });
  // Making the second file is one event, writing it perhaps another.
  expect(events).toBeLessThan(3);
});

test('a limit of the system is told once, and tried again the next time', () => {
  let refusal: string | null = 'ENOSPC';
  const asked: string[] = [];
  const limited = watchFolders(
    root,
    () => {},
    (place) => {
      asked.push(path.relative(root, place));
      if (refusal !== null) throw Object.assign(new Error('limit'), { code: refusal });
      return fs.watch(place);
    },
  );
  expect([limited.cover(['', 'src']), limited.limit, asked]).toEqual([false, 'ENOSPC', ['']]);
  refusal = null;
  expect([limited.cover(['', 'src']), limited.limit]).toEqual([true, null]);
  limited.close();
  refusal = 'EACCES';
  expect(() => limited.cover(['src'])).toThrow('limit');
});
