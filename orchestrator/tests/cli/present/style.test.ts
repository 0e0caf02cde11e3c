import { expect, test } from 'vitest';
import { createStyle, wantsColor } from '../../../src/cli/present/style.ts';
import { memoryStream } from './memoryStream.ts';

test.each<[string, NodeJS.ProcessEnv, boolean, boolean]>([
  ['a terminal', { TERM: 'xterm' }, true, true],
  ['no terminal', {}, false, false],
  ['a dumb terminal', { TERM: 'Dumb' }, true, false],
  ['NO_COLOR', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR on a pipe', { FORCE_COLOR: '1' }, false, true],
  ['an empty FORCE_COLOR', { FORCE_COLOR: '' }, false, true],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ['FORCE_COLOR=false', { FORCE_COLOR: 'false' }, true, false],
  ['FORCE_COLOR against NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
])('%s', (_name, env, isTTY, expected) => {
  expect(wantsColor(memoryStream({ isTTY }), env)).toBe(expected);
});

test('each stream decides for itself', () => {
  expect(createStyle(memoryStream({ isTTY: true }), {}).red('x')).toBe('\u001b[31mx\u001b[39m');
  expect(createStyle(memoryStream(), {}).red('x')).toBe('x');
});
