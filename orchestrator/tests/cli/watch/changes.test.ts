import { expect, test } from 'vitest';
import {
  allChanges,
  changedPaths,
  changesBetween,
  changesOf,
  listKey,
  NO_CHANGES,
  touchedStages,
  type SeenLists,
} from '../../../src/cli/watch/changes.ts';

const SRC = ['src/**'];
const DOCS = ['docs/**', '!docs/old/**'];

function seen(src: Record<string, string>, docs: Record<string, string> = {}): SeenLists {
  return new Map([
    [listKey(SRC), new Map(Object.entries(src))],
    [listKey(DOCS), new Map(Object.entries(docs))],
  ]);
}

test('files that came, went and hold something else are changes, each in its lists', () => {
  const before = seen({ 'src/a': '1', 'src/b': '1', 'src/c': '1' }, { 'docs/a': '1' });
  const after = seen({ 'src/a': '2', 'src/b': '1', 'src/d': '1' }, { 'docs/a': '1' });
  const changes = changesBetween(before, after);
  expect([...changes.keys()]).toEqual([listKey(SRC)]);
  expect(changedPaths(changes)).toEqual(['src/a', 'src/c', 'src/d']);
});

test('nothing has changed in a list that was not looked at before', () => {
  expect(changesBetween(new Map(), seen({ 'src/a': '1' }))).toEqual(NO_CHANGES);
});

test('changes can be put together and sorted out', () => {
  const some = new Map([[listKey(SRC), ['src/a', 'src/b']]]);
  const more = new Map([
    [listKey(SRC), ['src/b', 'src/c']],
    [listKey(DOCS), ['docs/a']],
  ]);
  const all = allChanges(some, more);
  expect(all).toEqual(
    new Map([
      [listKey(SRC), ['src/a', 'src/b', 'src/c']],
      [listKey(DOCS), ['docs/a']],
    ]),
  );
  expect(changesOf(all, (path) => path.endsWith('/c'))).toEqual(new Map([[listKey(SRC), ['src/c']]]));
});

test('a change touches the stages that read the file, and those that need one of them in whatever order', () => {
  const stages = [
    { id: 'report', inputs: [DOCS], needs: [2] },
    { id: 'docs', inputs: [DOCS], needs: [] },
    { id: 'test', inputs: [['test/**']], needs: [3] },
    { id: 'build', inputs: [['gen/**'], SRC], needs: [] },
  ];
  const of = (list: string[]): number[] =>
    [...touchedStages(stages, new Map([[listKey(list), ['x']]]))].toSorted((a, b) => a - b);
  expect(of(SRC)).toEqual([0, 2, 3]);
  expect(of(DOCS)).toEqual([0, 1]);
  expect(touchedStages(stages, NO_CHANGES).size).toBe(0);
});
