import { expect, test } from 'vitest';
import { resolvePipeline, type ResolveResult } from '../../src/config/resolvePipeline.ts';
import { RLM_PIPELINE } from '../../src/config/shippedPipelines.ts';
import type { LoadedConfig, Pipeline } from '../../src/config/types.ts';

function loadedWith(ids: string[], defaultPipeline: string | null = null): LoadedConfig {
  const pipelines = ids.map(
    (id): Pipeline => ({ id, title: id, description: null, tags: [], guardrailsRequired: true, stages: [] }),
  );
  return {
    config: { defaultPipeline, pipelines, rlm: null },
    source: 'user',
    file: 'codex.orchestrator.json',
    warnings: [],
    reasons: [],
  };
}

function chosen(result: ResolveResult): string {
  return result.ok ? result.resolved.pipeline.id : `not found: ${result.failure.pipelineId}`;
}

test.each([
  ['the named one', 'b', 'a', 'b'],
  ['the default of the file', null, 'a', 'a'],
  ['diagnostics', null, null, 'diagnostics'],
])('finds %s', (_, id, defaultPipeline, expected) => {
  expect(chosen(resolvePipeline(loadedWith(['diagnostics', 'a', 'b'], defaultPipeline), id, {}))).toBe(
    expected,
  );
});

test('a found pipeline comes with its source and nothing else', () => {
  const result = resolvePipeline(loadedWith(['diagnostics'], 'diagnostics'), null, {});
  expect(result).toMatchObject({
    ok: true,
    resolved: { pipeline: { id: 'diagnostics' }, source: 'user', stageEnvironment: {}, notices: [] },
  });
});

test("a shipped pipeline is nobody's own, one of the same id is", () => {
  const loaded = loadedWith(['a', 'rlm']);
  expect(resolvePipeline(loaded, 'rlm', {})).toMatchObject({ resolved: { source: 'user' } });
  const shipped = { ...loaded, config: { ...loaded.config, pipelines: [RLM_PIPELINE] } };
  expect(resolvePipeline(shipped, 'rlm', {})).toMatchObject({
    resolved: { pipeline: RLM_PIPELINE, source: 'default' },
  });
});

test('an unknown pipeline is a failure that names the file and what there is', () => {
  expect(resolvePipeline(loadedWith(['a', 'b']), 'missing', {})).toEqual({
    ok: false,
    failure: {
      kind: 'pipeline-not-found',
      pipelineId: 'missing',
      known: ['a', 'b'],
      configFile: 'codex.orchestrator.json',
    },
  });
});

test('without a file there is no file to name', () => {
  const detected: LoadedConfig = { ...loadedWith(['diagnostics']), source: 'default', file: null };
  expect(resolvePipeline(detected, 'missing', {})).toMatchObject({
    ok: false,
    failure: { kind: 'pipeline-not-found', configFile: null },
  });
});

test('a file without its default and without diagnostics has nothing to run by default', () => {
  expect(chosen(resolvePipeline(loadedWith(['a'], 'unknown'), null, {}))).toBe('not found: unknown');
  expect(chosen(resolvePipeline(loadedWith(['a']), null, {}))).toBe('not found: diagnostics');
});

test.each([
  ['implementation-gate-devtools', 'implementation-gate'],
  ['frontend-testing-devtools', 'frontend-testing'],
])('the old name %s stands for %s and switches the devtools on', (alias, id) => {
  const result = resolvePipeline(loadedWith([id]), alias, {});
  expect(result).toMatchObject({
    ok: true,
    resolved: {
      pipeline: { id },
      stageEnvironment: { CODEX_REVIEW_DEVTOOLS: '1' },
      notices: [{ kind: 'deprecated-alias', alias, pipelineId: id }],
    },
  });
});

test('a pipeline that has an old name itself is meant', () => {
  const names = ['frontend-testing', 'frontend-testing-devtools'];
  const result = resolvePipeline(loadedWith(names), 'frontend-testing-devtools', {});
  expect(chosen(result)).toBe('frontend-testing-devtools');
  expect(result).toMatchObject({ resolved: { stageEnvironment: {}, notices: [] } });
});

test('an old name without its pipeline is told as it was asked for', () => {
  expect(chosen(resolvePipeline(loadedWith(['a']), 'frontend-testing-devtools', {}))).toBe(
    'not found: frontend-testing-devtools',
  );
});

test('variables that chose a design pipeline elsewhere are noticed and ignored', () => {
  const env = { DESIGN_PIPELINE: '1', DESIGN_TOOLKIT: ' Enabled ', DESIGN_REFERENCE_PIPELINE: '0' };
  expect(resolvePipeline(loadedWith(['diagnostics']), null, env)).toMatchObject({
    resolved: {
      pipeline: { id: 'diagnostics' },
      notices: [
        { kind: 'ignored-variable', name: 'DESIGN_TOOLKIT' },
        { kind: 'ignored-variable', name: 'DESIGN_PIPELINE' },
      ],
    },
  });
});

test('such variables have no say where a pipeline is named', () => {
  const result = resolvePipeline(loadedWith(['a']), 'a', { DESIGN_PIPELINE: '1' });
  expect(result).toMatchObject({ resolved: { notices: [] } });
});
