import { describe, expect, it } from 'vitest';
import { TextLines } from '../../../src/rlm/agents/textLines.ts';
import { eventually } from '../../support/eventually.ts';

function linesOf(pieces: string[]): string[] {
  const seen: string[] = [];
  const lines = new TextLines((line) => seen.push(line));
  for (const piece of pieces) lines.take(Buffer.from(piece));
  lines.finish();
  return seen;
}

const flood = (text: string): string =>
  Array.from({ length: 5_000 }, (_unused, at) => `${text} ${at}`).join('\n');

describe('lines of a text', () => {
  it('are handed over one by one, without carriage returns', () => {
    expect(linesOf(['one', '', 'two\r\nthree\r', '\nfive'])).toEqual(['one', '', 'two', 'three', '', 'five']);
  });

  it('are all handed over of a large piece alone, and of what follows it', () => {
    const seen = linesOf(['before', flood('line'), 'after']);
    expect(seen).toEqual(['before', ...flood('line').split('\n'), 'after']);
  });

  it('that begin with a brace are handed over of a flood, and the end of it, in order', () => {
    const pieces = [
      `{"n":1}\n${flood('first')}\n{"n":2}\n{"n":3}\nmiddle { }`,
      'small\n{"n":4}',
      `${flood('second')}\n{"n":5}`,
      `${flood('last')}\n{"n":6}\nend`,
    ];
    const expected = ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}', ...flood('last').split('\n')];
    expect(linesOf(pieces)).toEqual([...expected, '{"n":6}', 'end']);
  });

  it('are not held back for long', async () => {
    const seen: string[] = [];
    const lines = new TextLines((line) => seen.push(line));
    lines.take(Buffer.from(`${flood('line')}\nlast`));
    expect(seen).toEqual([]);
    await eventually(() => seen.at(-1) === 'last');
    lines.finish();
    expect(seen).toHaveLength(5_001);
  });
});
