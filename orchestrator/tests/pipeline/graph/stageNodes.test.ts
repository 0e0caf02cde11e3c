import { expect, it } from 'vitest';
import type { Stage } from '../../../src/config/types.ts';
import { stageNodes } from '../../../src/pipeline/graph/stageNodes.ts';

const stages = ['a', 'b', 'c', 'd'].map((id): Stage => {
  return { kind: 'subpipeline', id, title: id, pipeline: id, optional: false, needs: [], plan: {} };
});

function weights(known: [id: string, ms: number][]): number[] {
  return stageNodes(stages, [], new Map(known)).map(({ weightMs }) => weightMs);
}

it('takes a stage of which no time is known for one like the others', () => {
  expect(
    weights([
      ['a', 10],
      ['c', 30],
      ['gone', 1000],
    ]),
  ).toEqual([10, 20, 30, 20]);
});

it('takes all stages for equally long on a first run', () => {
  expect(weights([])).toEqual([1, 1, 1, 1]);
});
