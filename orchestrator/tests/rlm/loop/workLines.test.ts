import { expect, test } from 'vitest';
import { changesLine, validatorLine } from '../../../src/rlm/loop/workLines.ts';

const two = [
  { path: 'a.js', kind: 'modified' },
  { path: 'b.js', kind: 'added' },
] as const;

test.each([
  [' a.js | 12 ++++\n b.js | 1 -\n 2 files changed, 10 insertions(+), 3 deletions(-)\n', ', +10 −3'],
  [' a.js | 1 +\n 2 files changed, 1 insertion(+)', ', +1 −0'],
  [' a.js | 1 -\n 2 files changed, 1 deletion(-)', ', +0 −1'],
  ['modified a.js\nadded b.js\n2 files changed', ''],
  [' 7 insertions(+) | 3\n 2 files changed, 10 insertions(+)', ', +10 −0'],
])('changes by their total: %j', (stat, lines) => {
  expect(changesLine({ files: [...two], stat, patch: '' })).toEqual([`  changed: 2 files${lines}`]);
});

test('no changes', () => {
  expect(changesLine({ files: [], stat: 'no changes', patch: '' })).toEqual(['  changed: nothing']);
});

test('the validator', () => {
  const feedback = {
    exitCode: 1,
    ended: 'exited',
    signal: null,
    firstErrors: ['AssertionError: 3 !== 4\r'],
    end: '',
    bytes: 9,
  } as const;
  const failed = { feedback: { ...feedback, firstErrors: [...feedback.firstErrors] }, durationMs: 1_200 };
  const line = (run: Partial<Parameters<typeof validatorLine>[0]>) =>
    validatorLine({ ended: 'exited', exitCode: 1, signal: null, ...failed, ...run });
  expect(line({ exitCode: 0, feedback: null })).toEqual(['  validator: passed after 1.2 s']);
  expect(line({})).toEqual(['  validator: exit code 1 after 1.2 s: AssertionError: 3 !== 4']);
  expect(line({ signal: 'SIGKILL' })).toEqual([
    '  validator: ended by SIGKILL after 1.2 s: AssertionError: 3 !== 4',
  ]);
  const silent = { ...failed.feedback, firstErrors: [] };
  expect(line({ exitCode: 2, feedback: silent })).toEqual(['  validator: exit code 2 after 1.2 s']);
  expect(line({ feedback: { ...silent, end: 'one\n\u001b[31mlast\u001b[0m\n\n' } })).toEqual([
    '  validator: exit code 1 after 1.2 s: last',
  ]);
  expect(line({ ended: 'timed-out', durationMs: 600_000 })).toEqual([
    '  validator: ended after 10 min, its time was used up: AssertionError: 3 !== 4',
  ]);
  expect(
    line({ ended: 'not-found', exitCode: 127, feedback: { ...silent, end: 'sh: 1: nope: not found' } }),
  ).toEqual(['  validator: not found: sh: 1: nope: not found']);
  expect(line({ ended: 'cancelled' })).toEqual(['  validator: cancelled after 1.2 s']);
});
