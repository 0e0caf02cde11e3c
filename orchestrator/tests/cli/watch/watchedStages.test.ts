import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parseConfig.ts';
import { sourceOf } from '../../../src/config/source.ts';
import type { PipelineConfig } from '../../../src/config/types.ts';
import { watchedOutputs, watchedStages } from '../../../src/cli/watch/watchedStages.ts';
import { command } from '../../support/stageConfig.ts';

async function configOf(pipelines: Record<string, object[]>): Promise<PipelineConfig> {
  const document = {
    pipelines: Object.entries(pipelines).map(([id, stages]) => ({
      id,
      title: id,
      guardrailsRequired: false,
      stages,
    })),
  };
  const { config, problems } = await parseConfig(sourceOf('x.json', JSON.stringify(document)));
  if (config === null) throw new Error(JSON.stringify(problems));
  return config;
}

function pipelineNamed(config: PipelineConfig, id: string): PipelineConfig['pipelines'][number] {
  const found = config.pipelines.find((pipeline) => pipeline.id === id);
  if (found === undefined) throw new Error(`There is no pipeline ${id}`);
  return found;
}

const CHILD = { kind: 'subpipeline', id: 'child', title: 'child', pipeline: 'inner' };

test('a stage reads what its cache names, one without a cache anything, a sub-pipeline what its stages do', async () => {
  const config = await configOf({
    outer: [
      command('build', 'true', { cache: { inputs: ['src/**'], outputs: ['dist/**'] } }),
      CHILD,
      command('free', 'true'),
    ],
    inner: [
      command('lint', 'true', { cache: { inputs: ['lint/**'], outputs: ['lint.txt'] } }),
      command('docs', 'true', { cache: { inputs: ['docs/**'] } }),
    ],
  });
  const outer = pipelineNamed(config, 'outer');
  expect(watchedStages(outer, config)).toEqual([
    { id: 'build', inputs: [['src/**']], needs: [] },
    { id: 'child', inputs: [['lint/**'], ['docs/**']], needs: [0] },
    { id: 'free', inputs: [['**']], needs: [1] },
  ]);
  expect(watchedOutputs(outer, config)).toEqual([['dist/**'], ['lint.txt']]);
});

test('with needs, a stage waits for those alone', async () => {
  const config = await configOf({
    graph: [command('a', 'true'), command('b', 'true', { needs: ['a'] }), command('c', 'true')],
  });
  expect(watchedStages(pipelineNamed(config, 'graph'), config).map(({ needs }) => needs)).toEqual([
    [],
    [0],
    [],
  ]);
});
