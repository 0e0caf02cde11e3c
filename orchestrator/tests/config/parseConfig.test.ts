import { describe, expect, test } from 'vitest';
import { configProblemText } from '../../src/cli/present/configProblemText.ts';
import { parseConfig } from '../../src/config/parseConfig.ts';
import { sourceOf } from '../../src/config/source.ts';
import type { PipelineConfig } from '../../src/config/types.ts';
import { graphCases } from './graphCases.ts';
import { loopCases } from './loopCases.ts';
import type { ProblemCase } from './problemCase.ts';
import { referenceCases } from './referenceCases.ts';
import { shapeCases } from './shapeCases.ts';
import { syntaxCases } from './syntaxCases.ts';

const parse = (text: string) => parseConfig(sourceOf('codex.orchestrator.json', text));

async function parsed(document: unknown): Promise<PipelineConfig> {
  const { config, problems } = await parse(JSON.stringify(document));
  if (config === null || problems.length > 0) throw new Error(configProblemText(problems));
  return config;
}

async function outputFor({ input }: ProblemCase): Promise<string[]> {
  const { config, problems } = await parse(input);
  if ((config === null) !== problems.some(({ severity }) => severity === 'error')) {
    throw new Error('there is a configuration exactly when nothing is an error');
  }
  return configProblemText(problems).split('\n');
}

describe('what is said about a text that is not JSON', () => {
  test.each(syntaxCases)('$name', async (one) => {
    expect(await outputFor(one)).toEqual(one.expected);
  });
});

describe('what is said about a document of a wrong shape', () => {
  test.each(shapeCases)('$name', async (one) => {
    expect(await outputFor(one)).toEqual(one.expected);
  });
});

describe('what is said about graphs that cannot be', () => {
  test.each(graphCases)('$name', async (one) => {
    expect(await outputFor(one)).toEqual(one.expected);
  });
});

describe('what is said about wrong settings of loops', () => {
  test.each(loopCases)('$name', async (one) => {
    expect(await outputFor(one)).toEqual(one.expected);
  });
});

describe('what is said about parts that do not fit together', () => {
  test.each(referenceCases)('$name', async (one) => {
    expect(await outputFor(one)).toEqual(one.expected);
  });
});

describe('places', () => {
  test('a problem names its path in the document', async () => {
    const { problems } = await parse(
      '{ "pipelines": [{ "id": "a" }], "stageSets": { "my set": [{ "kind": "command", "id": "x", "command": 5 }] } }',
    );
    expect(problems.map(({ path }) => path)).toEqual(['stageSets["my set"][0].command']);
  });

  test('lines end with LF, CR or both, as editors count them', async () => {
    const { problems } = await parse('{\r\n"a": 1,\r"b": 2,\n"pipelines": 3 }');
    expect(problems.map(({ line, column, path }) => [line, column, path])).toEqual([
      [2, 1, 'a'],
      [3, 1, 'b'],
      [4, 14, 'pipelines'],
    ]);
  });

  test('of a key that is there twice the last value is meant', async () => {
    const { problems } = await parse('{ "pipelines": [],\n"pipelines": 5 }');
    expect(problems.map(({ line, column, found }) => [line, column, found])).toEqual([
      [2, 1, 'found the key "pipelines" a second time, which replaces the first'],
      [2, 14, 'found 5'],
    ]);
  });

  test('a long line is cut to a window around the place', async () => {
    const { problems } = await parse(`{ "pipelines": [${' '.repeat(500)}5${' '.repeat(500)}] }`);
    const [problem] = problems;
    expect(problem?.column).toBe(517);
    const { text, from, length } = problem?.excerpt ?? { text: '', from: 0, length: 0 };
    expect(text.slice(from, from + length)).toBe('5');
    expect(text).toMatch(/^….{120}…$/);
  });
});

describe('a text that is far from any real one', () => {
  test('gives its first errors only, at once', async () => {
    const { problems } = await parse(`{\n${'key: 1,\n'.repeat(200_000)}}`);
    expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
  });

  test('may have very many unknown keys', async () => {
    const keys = Object.fromEntries(Array.from({ length: 150_000 }, (_, index) => [`k${index}`, index]));
    const { problems } = await parse(JSON.stringify({ pipelines: [], ...keys }));
    expect(problems).toHaveLength(150_000);
  });

  test('is told the two ends of a very long cycle', async () => {
    const pipelines = Array.from({ length: 10_000 }, (_, index) => ({
      id: `p${index}`,
      stages: [{ kind: 'subpipeline', id: 'x', pipeline: `p${(index + 1) % 10_000}` }],
    }));
    const { problems } = await parse(JSON.stringify({ pipelines }));
    expect(problems.map(({ found }) => found)).toEqual([
      expect.stringMatching(
        /^found the sub-pipeline cycle "p0" -> "p1" -> .* -> … -> .* -> "p9999" -> "p0"$/,
      ),
    ]);
  });

  test('is told too deep where a valid text is too deep', async () => {
    const { config, problems } = await parse(`{"pipelines":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect(config).toBeNull();
    expect(problems.map(({ found }) => found)).toEqual(['found more than 200 levels of nesting']);
  });
});

describe('a valid document', () => {
  test('gets defaults', async () => {
    const config = await parsed({
      pipelines: [
        {
          id: 'a',
          stages: [
            { kind: 'command', id: 'x', command: 'ls' },
            { kind: 'subpipeline', id: 'y', pipeline: 'b' },
          ],
        },
        { id: 'b' },
      ],
    });
    expect(config).toEqual({
      defaultPipeline: null,
      pipelines: [
        {
          id: 'a',
          title: 'a',
          description: null,
          tags: [],
          guardrailsRequired: true,
          stages: [
            {
              kind: 'command',
              id: 'x',
              title: 'x',
              plan: {},
              command: 'ls',
              env: {},
              allowFailure: false,
              retries: 0,
            },
            { kind: 'subpipeline', id: 'y', title: 'y', plan: {}, pipeline: 'b', optional: false },
          ],
        },
        { id: 'b', title: 'b', description: null, tags: [], guardrailsRequired: true, stages: [] },
      ],
      rlm: null,
    });
  });

  test('keeps every field', async () => {
    const stage = {
      kind: 'command',
      id: 'x',
      title: 'X',
      command: 'ls',
      cwd: 'sub',
      env: { A: 'a', N: 1, B: true },
      allowFailure: true,
      summaryHint: 'hint',
      timeoutSeconds: 0.5,
      retries: 10,
      session: { id: 's', reuse: true, persist: false },
      plan: {
        runnable: false,
        defaultTarget: true,
        aliases: ['y'],
        requiresCloud: true,
        executionMode: 'cloud',
      },
    };
    const pipeline = { id: 'a', title: 'A', description: 'd', tags: ['t'], guardrailsRequired: false };
    const rlm = {
      agent: 'command',
      agentCommand: './agent.sh',
      agentArgs: ['-v', ''],
      agentRetries: 0,
      agentRetrySeconds: 0.5,
      validator: 'npm test',
      maxIterations: 'unlimited',
      maxMinutes: 0.5,
      iterationMinutes: 0,
      maxTokens: 2_000_000,
      roles: 'triad',
      protect: ['test/**'],
    };
    const config = await parsed({
      $schema: 's',
      defaultPipeline: 'a',
      pipelines: [{ ...pipeline, stages: [stage] }],
      rlm,
    });
    expect(config).toEqual({
      defaultPipeline: 'a',
      pipelines: [{ ...pipeline, stages: [{ ...stage, env: { A: 'a', N: '1', B: 'true' } }] }],
      rlm,
    });
  });

  test.each([
    [{ plan: { default: true } }, { defaultTarget: true }],
    [{ plan: { primary: true } }, { defaultTarget: true }],
    [{ plan: { requires_cloud: true } }, { requiresCloud: true }],
    [{ requires_cloud: true }, { requiresCloud: true }],
    [{ requiresCloud: true }, { requiresCloud: true }],
    [{ executionMode: 'm' }, { executionMode: 'm' }],
    [{ execution_mode: 'm' }, { executionMode: 'm' }],
    [{ mode: 'm' }, { executionMode: 'm' }],
    [{ mode: 'm', plan: { executionMode: 'p' } }, { executionMode: 'p' }],
  ])('joins the spellings of plan settings: %j', async (settings, plan) => {
    const stage = { kind: 'command', id: 'x', command: 'ls', ...settings };
    const config = await parsed({ pipelines: [{ id: 'a', stages: [stage] }] });
    expect(config.pipelines[0]?.stages[0]?.plan).toEqual(plan);
  });

  test('has stage sets put in their places', async () => {
    const command = (id: string) => ({ kind: 'command', id, title: id, command: `npm run ${id}` });
    const config = await parsed({
      pipelines: [
        {
          id: 'a',
          stages: [command('guard'), { kind: 'stage-set', ref: 'build-lint-test' }, command('spec')],
        },
      ],
      stageSets: { 'build-lint-test': ['build', 'lint', 'test'].map(command) },
    });
    expect(config.pipelines[0]?.stages.map(({ id, kind }) => [id, kind])).toEqual([
      ['guard', 'command'],
      ['build', 'command'],
      ['lint', 'command'],
      ['test', 'command'],
      ['spec', 'command'],
    ]);
  });

  test('may refer to built-in and renamed pipelines', async () => {
    const config = await parsed({
      defaultPipeline: 'frontend-testing-devtools',
      pipelines: [{ id: 'frontend-testing', stages: [{ kind: 'subpipeline', id: 'loop', pipeline: 'rlm' }] }],
    });
    expect(config.defaultPipeline).toBe('frontend-testing-devtools');
  });

  test('may run one pipeline from several places', async () => {
    const run = (pipeline: string, id = pipeline) => ({ kind: 'subpipeline', id, pipeline });
    const config = await parsed({
      pipelines: [
        { id: 'a', stages: [run('b'), run('c'), run('c', 'again')] },
        { id: 'b', stages: [run('c')] },
        { id: 'c' },
      ],
    });
    expect(config.pipelines.map(({ stages }) => stages.length)).toEqual([3, 1, 0]);
  });

  test('of two pipelines with one id the first counts', async () => {
    const { config } = await parse(
      '{ "pipelines": [{ "id": "a", "title": "1" }, { "id": "a", "title": "2" }] }',
    );
    expect(config?.pipelines.map(({ title }) => title)).toEqual(['1']);
  });

  test('is usable with unknown keys taken out', async () => {
    const { config, problems } = await parse(
      '{ "extra": 1, "__proto__": { "x": 1 }, "pipelines": [{ "id": "a", "stages": [{ "kind": "command", "id": "x", "command": "ls", "foo": {} }] }] }',
    );
    expect(problems.map(({ severity, path }) => [severity, path])).toEqual([
      ['warning', 'extra'],
      ['warning', '__proto__'],
      ['warning', 'pipelines[0].stages[0].foo'],
    ]);
    expect(config?.pipelines[0]?.stages).toEqual([
      {
        kind: 'command',
        id: 'x',
        title: 'x',
        plan: {},
        command: 'ls',
        env: {},
        allowFailure: false,
        retries: 0,
      },
    ]);
  });
});
