import { expect, it } from 'vitest';
import { createStyle } from '../../../src/cli/present/style.ts';
import { trendLines } from '../../../src/cli/present/metricsTrend.ts';
import { memoryStream } from './memoryStream.ts';

const STYLE = createStyle(memoryStream(), {});

function run(durationSeconds: number | null, status = 'succeeded') {
  return { runId: 'one', status, durationSeconds, tokens: 0 };
}

it('takes any number of runs', () => {
  const runs = Array.from({ length: 200_000 }, (_, at) => run(at % 8));
  expect(trendLines(runs, STYLE, 13)).toEqual(['  ▇█▁▂▃▄▅▆▇█', '  the newest 10 of them, ▁ 0 ms, █ 7.0 s']);
});

it('measures the bars that are shown, and tells runs without a duration', () => {
  const runs = [run(999), ...Array.from({ length: 8 }, () => run(1)), run(3), run(null, 'cancelled')];
  expect(trendLines(runs, STYLE, 13)).toEqual([
    '  ▁▁▁▁▁▁▁▁█·',
    '           ○',
    '  the newest 10 of them, ▁ 1.0 s, █ 3.0 s, ○ not succeeded',
  ]);
  expect(trendLines([run(null)], STYLE, 13)).toEqual(['  ·']);
});
