import { execFile } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { copyFixture, pathWithStandIns } from './fixtureRepo.ts';
import type { FixtureName } from './fixtureRepo.ts';
import type { SandboxRepo } from './sandboxRepo.ts';

let repo: SandboxRepo;

afterEach(() => repo.cleanup());

/** Runs shell text in a sample repository, with the stand-ins for toolchains on the path. */
function run(command: string): Promise<{ code: unknown; output: string }> {
  const env = { ...process.env, PATH: pathWithStandIns() };
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', command], { cwd: repo.root, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
    });
  });
}

it.each<[FixtureName, string, string]>([
  ['npm-app', 'npm run build', 'built greeting.js'],
  ['npm-app', 'npm run lint', 'no problems'],
  ['npm-app', 'npm run test', 'pass 2'],
  ['pnpm-workspace', 'pnpm run build', 'built packages/volume'],
  ['pnpm-workspace', 'pnpm run lint', '$ node scripts/lint.js'],
  ['pnpm-workspace', 'pnpm run test', 'pass 2'],
  ['yarn-lib', 'yarn run typecheck', '$ node --check src/median.js'],
  ['yarn-lib', 'yarn run test', 'pass 2'],
  ['python-lib', 'python -m pytest', '2 passed (found, not run)'],
  ['go-service', 'go build ./...', 'nothing is compiled'],
  ['go-service', 'go vet ./...', 'nothing is compiled'],
  ['go-service', 'go test ./...', 'ok  \texample.com/go-service/greet\t0.001s\n'],
])('%s: %s works', async (name, command, output) => {
  repo = await copyFixture(name);
  const result = await run(command);
  expect(result).toMatchObject({ code: 0 });
  expect(result.output).toContain(output);
});

it.each<[FixtureName, string, string, string, string]>([
  ['npm-app', 'src/greeting.js', 'export const greeting = () => "";\n', 'npm run test', 'fail 2'],
  [
    'npm-app',
    'src/greeting.js',
    '\tindented();\n',
    'npm run lint',
    'src/greeting.js:1: tab or trailing space',
  ],
  [
    'pnpm-workspace',
    'packages/area/src/index.js',
    'export const area = () => 0;\n',
    'pnpm run test',
    'fail 1',
  ],
  ['yarn-lib', 'src/median.js', 'exports.median = (;\n', 'yarn run typecheck', 'SyntaxError'],
  ['python-lib', 'tests/test_slug.py', '', 'python -m pytest', 'no tests ran'],
  ['go-service', 'main.go', 'func main() {}\n', 'go build ./...', "main.go:1:1: expected 'package'"],
])('%s: a broken %s is noticed', async (name, file, text, command, output) => {
  repo = await copyFixture(name);
  await repo.write(file, text);
  const result = await run(command);
  expect(result.code).not.toBe(0);
  expect(result.output).toContain(output);
});

it.each<[FixtureName, string, string]>([
  ['pnpm-workspace', 'pnpm install', 'this stand-in for pnpm knows "run <script>" only'],
  ['yarn-lib', 'yarn run missing', 'error Command "missing" not found.'],
  ['python-lib', 'python setup.py', 'this stand-in for python knows "-m pytest" only'],
  ['go-service', 'go run .', 'this stand-in for go knows "build", "vet" and "test" of "./..." only'],
])('%s: %s is refused by the stand-in', async (name, command, output) => {
  repo = await copyFixture(name);
  const result = await run(command);
  expect(result.code).not.toBe(0);
  expect(result.output).toContain(output);
});
