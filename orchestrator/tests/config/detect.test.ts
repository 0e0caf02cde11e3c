import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { configProblemText } from '../../src/cli/present/configProblemText.ts';
import { loadConfig } from '../../src/config/loadConfig.ts';
import type { LoadedConfig } from '../../src/config/types.ts';
import { onlyBin, tempRepo } from './tempRepo.ts';

type Files = Record<string, string>;

async function load(files: Files, folders: string[] = []) {
  const root = await tempRepo(files);
  for (const folder of folders) await mkdir(path.join(root, folder), { recursive: true });
  return loadConfig(root, onlyBin(root));
}

async function detected(files: Files, folders: string[] = []): Promise<LoadedConfig> {
  const result = await load(files, folders);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.loaded;
}

function commands({ config }: LoadedConfig): [string, string][] {
  const stages = config.pipelines[0]?.stages ?? [];
  return stages.map((stage) => [stage.id, stage.kind === 'command' ? stage.command : stage.kind]);
}

const manifest = (scripts: Files, rest: object = {}) => JSON.stringify({ scripts, ...rest });

describe('a Node repository', () => {
  test('runs its scripts in a fixed order, whatever theirs is', async () => {
    const loaded = await detected({
      'package.json': manifest({
        test: 't',
        'spec-guard': 's',
        typecheck: 'c',
        lint: 'l',
        build: 'b',
        dev: 'd',
      }),
      'package-lock.json': '{}',
    });
    expect(commands(loaded)).toEqual([
      ['build', 'npm run build'],
      ['lint', 'npm run lint'],
      ['typecheck', 'npm run typecheck'],
      ['test', 'npm run test'],
      ['spec-guard', 'npm run spec-guard'],
    ]);
    expect(loaded).toMatchObject({ source: 'default', file: null, warnings: [], skipped: [] });
    expect(loaded.config).toMatchObject({
      defaultPipeline: 'diagnostics',
      pipelines: [
        {
          id: 'diagnostics',
          title: 'Diagnostics',
          description: 'Detected from Node.',
          guardrailsRequired: false,
        },
        { id: 'rlm' },
      ],
    });
    expect(loaded.config.pipelines[0]?.stages.map(({ title }) => title)).toEqual([
      'Build',
      'Lint',
      'Type check',
      'Test',
      'Spec guard',
    ]);
    expect(loaded.reasons[0]).toEqual({
      stageId: 'build',
      reason: 'package.json script "build", npm because of package-lock.json',
    });
  });

  test.each(['typecheck', 'type-check', 'check-types'])('knows the type check as %s', async (name) => {
    const loaded = await detected({ 'package.json': manifest({ [name]: 'tsc' }) });
    expect(commands(loaded)).toEqual([['typecheck', `npm run ${name}`]]);
  });

  test.each([
    [{ 'npm-shrinkwrap.json': '{}' }, {}, 'npm because of npm-shrinkwrap.json'],
    [{ 'pnpm-lock.yaml': '' }, {}, 'pnpm because of pnpm-lock.yaml'],
    [{ 'yarn.lock': '' }, {}, 'yarn because of yarn.lock'],
    [{ 'bun.lock': '' }, {}, 'bun because of bun.lock'],
    [{ 'bun.lockb': '' }, {}, 'bun because of bun.lockb'],
    [{ 'yarn.lock': '' }, { packageManager: 'pnpm@9.0.0' }, 'yarn because of yarn.lock'],
    [{ 'package-lock.json': '', 'yarn.lock': '' }, {}, 'npm because of package-lock.json'],
    [
      { 'package-lock.json': '', 'yarn.lock': '' },
      { packageManager: 'yarn@4.1.0' },
      'yarn because of yarn.lock',
    ],
    [{}, { packageManager: 'pnpm@9.0.0' }, 'pnpm because of its packageManager field'],
    [{}, { packageManager: 'unheard-of@1' }, 'npm because there is no lock file'],
    [{}, {}, 'npm because there is no lock file'],
  ])('with %j and %j uses %s', async (files, rest, reason) => {
    const loaded = await detected({ ...files, 'package.json': manifest({ build: 'b' }, rest) });
    expect(loaded.reasons).toEqual([{ stageId: 'build', reason: `package.json script "build", ${reason}` }]);
    expect(commands(loaded)).toEqual([['build', `${reason.split(' ')[0]} run build`]]);
  });

  test.each([
    ['echo "Error: no test specified" && exit 1', "it is npm's placeholder, not a test"],
    ['npx codex-orchestrator start diagnostics', 'it starts codex-orchestrator itself'],
    ['codex-orch start', 'it starts codex-orchestrator itself'],
    [' ', 'it is empty'],
  ])('leaves the script %j out', async (script, reason) => {
    const loaded = await detected({ 'package.json': manifest({ build: 'b', test: script }) });
    expect(commands(loaded)).toEqual([['build', 'npm run build']]);
    expect(loaded.skipped).toEqual([{ what: 'package.json script "test"', reason }]);
  });

  test('takes no notice of scripts that are no text', async () => {
    const loaded = await detected({ 'package.json': '{ "scripts": { "build": "b", "lint": 5 } }' });
    expect(commands(loaded)).toEqual([['build', 'npm run build']]);
  });
});

describe('a Python repository', () => {
  const python = async (project: string, files: Files = {}, folders: string[] = []) =>
    detected({ 'pyproject.toml': project, 'bin/python': '', ...files }, folders);

  test('runs the tools that are configured', async () => {
    const loaded = await python('[tool.ruff]\nline-length = 100\n[tool.mypy]\n[tool.pytest.ini_options]\n');
    expect(commands(loaded)).toEqual([
      ['lint', 'ruff check .'],
      ['typecheck', 'mypy .'],
      ['test', 'python -m pytest'],
    ]);
    expect(loaded.reasons.map(({ reason }) => reason)).toEqual([
      '[tool.ruff] in pyproject.toml',
      '[tool.mypy] in pyproject.toml',
      '[tool.pytest] in pyproject.toml',
    ]);
  });

  test('runs the tools that have files of their own', async () => {
    const loaded = await python('', { 'ruff.toml': '', 'mypy.ini': '', 'pytest.ini': '' });
    expect(loaded.reasons.map(({ reason }) => reason)).toEqual(['ruff.toml', 'mypy.ini', 'pytest.ini']);
  });

  test.each([
    ['project', '[project]\ndependencies = ["Ruff >= 0.5", "pytest[x]; python_version > \\"3\\""]'],
    ['extras', '[project.optional-dependencies]\ndev = ["ruff", "pytest"]'],
    ['groups', '[dependency-groups]\ndev = ["ruff~=0.5", {include-group = "x"}]\nx = ["pytest"]'],
    ['poetry', '[tool.poetry.dependencies]\nruff = "*"\n[tool.poetry.group.dev.dependencies]\npytest = "^8"'],
    ['old poetry', '[tool.poetry.dev-dependencies]\nruff = "*"\npytest = "*"'],
    ['uv', '[tool.uv]\ndev-dependencies = ["ruff", "pytest"]'],
    ['pdm', '[tool.pdm.dev-dependencies]\nlint = ["ruff"]\ntest = ["pytest"]'],
  ])('runs the tools it depends on (%s)', async (_, project) => {
    const loaded = await python(project.replaceAll('\\"', "'"));
    expect(commands(loaded)).toEqual([
      ['lint', 'ruff check .'],
      ['test', 'python -m pytest'],
    ]);
    expect(loaded.reasons[0]?.reason).toBe('dependency "ruff" in pyproject.toml');
  });

  test('runs pytest where only a plugin of it is named', async () => {
    const loaded = await python('[project]\ndependencies = ["pytest_cov"]');
    expect(loaded.reasons).toEqual([
      { stageId: 'test', reason: 'dependency "pytest-cov" in pyproject.toml' },
    ]);
  });

  test('does not take a name that only begins alike', async () => {
    const loaded = await python('[project]\ndependencies = ["ruff-lsp", "pytestx"]', {}, ['tests']);
    expect(commands(loaded).map(([id]) => id)).toEqual(['test']);
    expect(commands(loaded)[0]?.[1]).toContain('unittest');
  });

  test.each([
    ['tests', {}, 'python -m unittest discover -s tests'],
    ['test', {}, 'python -m unittest discover -s test'],
    ['tests', { 'tests/__init__.py': '' }, 'python -m unittest discover'],
  ])('without pytest, the folder %s with %j is run by unittest', async (folder, files, command) => {
    const loaded = await python('[project]\nname = "x"', files, [folder]);
    expect(commands(loaded)).toEqual([['test', command]]);
    expect(loaded.reasons[0]?.reason).toBe(`pyproject.toml without pytest, and a folder "${folder}"`);
  });

  test.each([
    [{ 'bin/python3': '' }, 'python3 -m pytest'],
    [{ 'bin/python3': '', 'bin/python': '' }, 'python -m pytest'],
    [{}, 'python -m pytest'],
  ])('with %j on PATH runs %s', async (files, command) => {
    const loaded = await detected({ 'pyproject.toml': '[tool.pytest]', ...files });
    expect(commands(loaded)).toEqual([['test', command]]);
  });
});

describe('a Rust repository', () => {
  test('builds, lints and tests', async () => {
    const loaded = await detected({ 'Cargo.toml': '[package]\nname = "x"\n', 'bin/cargo-clippy': '' });
    expect(commands(loaded)).toEqual([
      ['build', 'cargo build'],
      ['lint', 'cargo clippy --all-targets'],
      ['test', 'cargo test'],
    ]);
    expect(loaded.reasons.map(({ reason }) => reason)).toEqual([
      'Cargo.toml',
      'Cargo.toml, cargo-clippy is installed',
      'Cargo.toml',
    ]);
  });

  test('says why it does not lint', async () => {
    const loaded = await detected({ 'Cargo.toml': '[workspace]\n' });
    expect(commands(loaded).map(([id]) => id)).toEqual(['build', 'test']);
    expect(loaded.skipped).toEqual([
      { what: 'cargo clippy --all-targets', reason: 'cargo-clippy is not on PATH' },
    ]);
  });
});

test('a Go module builds, vets and tests', async () => {
  const loaded = await detected({ 'go.mod': 'module x\n' });
  expect(commands(loaded)).toEqual([
    ['build', 'go build ./...'],
    ['lint', 'go vet ./...'],
    ['test', 'go test ./...'],
  ]);
  expect(loaded.reasons[0]).toEqual({ stageId: 'build', reason: 'go.mod' });
});

test('several ecosystems run side by side, each stage named after its own', async () => {
  const loaded = await detected({
    'package.json': manifest({ build: 'b', test: 't', 'spec-guard': 's' }),
    'Cargo.toml': '[package]\n',
    'bin/cargo-clippy': '',
  });
  expect(commands(loaded)).toEqual([
    ['node-build', 'npm run build'],
    ['cargo-build', 'cargo build'],
    ['cargo-lint', 'cargo clippy --all-targets'],
    ['node-test', 'npm run test'],
    ['cargo-test', 'cargo test'],
    ['spec-guard', 'npm run spec-guard'],
  ]);
  expect(loaded.config.pipelines[0]).toMatchObject({ description: 'Detected from Node, Cargo.' });
  expect(loaded.config.pipelines[0]?.stages[0]?.title).toBe('Build (Node)');
});

describe('nothing to run', () => {
  test('in an empty folder', async () => {
    const result = await load({});
    expect(result).toMatchObject({
      ok: false,
      failure: {
        kind: 'nothing-detected',
        looked: [
          'package.json (not there)',
          'pyproject.toml (not there)',
          'Cargo.toml (not there)',
          'go.mod (not there)',
        ],
      },
    });
  });

  test('in files that offer nothing', async () => {
    const result = await load({ 'package.json': '{}', 'pyproject.toml': '[project]\nname = "x"\n' });
    expect(result).toMatchObject({
      ok: false,
      failure: {
        kind: 'nothing-detected',
        looked: [
          'package.json (no script "build", "lint", "typecheck", "type-check", "check-types" or "test" to run)',
          'pyproject.toml (no ruff, mypy or pytest, and no folder "tests" or "test")',
          'Cargo.toml (not there)',
          'go.mod (not there)',
        ],
      },
    });
  });
});

describe('files that cannot be read', () => {
  async function problemText(files: Files, folders: string[] = []): Promise<string[]> {
    const result = await load(files, folders);
    if (result.ok || result.failure.kind !== 'invalid-config') throw new Error(JSON.stringify(result));
    expect(result.failure.file).toBe(result.failure.problems[0]?.file);
    return configProblemText(result.failure.problems).split('\n');
  }

  test('package.json that is not JSON', async () => {
    expect(await problemText({ 'package.json': '{\n  "scripts": {,}\n}' })).toEqual([
      'package.json:2:15  error  found ",", expected a value',
      '      "scripts": {,}',
      '                  ^',
      '',
      '1 error',
    ]);
  });

  test('package.json that is no object', async () => {
    expect((await problemText({ 'package.json': '[]' }))[0]).toBe(
      'package.json:1:1  error  found a value that is no object, expected a JSON object',
    );
  });

  test('an empty package.json', async () => {
    expect((await problemText({ 'package.json': '' }))[0]).toBe(
      'package.json:1:1  error  found the end of the file, expected a value',
    );
  });

  test('package.json that is a directory', async () => {
    expect((await problemText({}, ['package.json']))[0]).toBe(
      'package.json:1:1  error  found a directory, expected a file',
    );
  });

  test('TOML with an error, and all broken files at once', async () => {
    const lines = await problemText({
      'package.json': '{',
      'pyproject.toml': '[tool.ruff]\nline-length = \n',
      'Cargo.toml': '[package\n',
    });
    expect(lines.filter((line) => line.includes('  error  '))).toEqual([
      'package.json:1:1  error  found the end of the file, expected "}"',
      'pyproject.toml:2:15  error  found invalid TOML: invalid value',
      'Cargo.toml:1:9  error  found invalid TOML: illegal character in key',
    ]);
    expect(lines.at(-1)).toBe('3 errors');
  });
});
