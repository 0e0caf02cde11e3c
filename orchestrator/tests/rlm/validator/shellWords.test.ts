import { expect, it } from 'vitest';
import { shellCommands } from '../../../src/rlm/validator/shellWords.ts';

it.each([
  ['npm test', [['npm', 'test']]],
  ['  a  &&b||c; d|e &\nf  ', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
  ['(cd x && make)', [['cd', 'x'], ['make']]],
  [`node 'a b.js' "c d.js" e\\ f.js`, [['node', 'a b.js', 'c d.js', 'e f.js']]],
  [`sh -c "npm run \\"x\\"" 'it'"'"'s'`, [['sh', '-c', 'npm run "x"', "it's"]]],
  ['node check.js > out.txt 2>&1 < in.txt && b', [['node', 'check.js', 'in.txt'], ['b']]],
  ['a 2>>"err.txt" b &>all.txt c >&2 d2', [['a', 'b', 'c', 'd2']]],
  ['node $FILE "$A/b.js" `pwd`/c \'$d.js\' \\$e', [['node', '$d.js', '$e']]],
  [`unclosed 'quote`, [['unclosed', 'quote']]],
  ['', []],
])('cuts %j into %j', (text, commands) => {
  expect(shellCommands(text)).toEqual(commands);
});
