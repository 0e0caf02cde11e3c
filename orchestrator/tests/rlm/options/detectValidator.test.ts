import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { detectValidator } from '../../../src/rlm/options/detectValidator.ts';
import { tempRepo } from '../../config/tempRepo.ts';

const manifest = (value: unknown) => ({ 'package.json': JSON.stringify({ packageManager: value }) });

test.each<[string, Record<string, string>, string, string]>([
  ['a field for pnpm', manifest('pnpm@8.1.0'), 'pnpm test', 'node: packageManager=pnpm@8.1.0'],
  ['a field for yarn', manifest('yarn@4.0.0+sha'), 'yarn test', 'node: packageManager=yarn@4.0.0+sha'],
  ['a field for npm', manifest('npm@10'), 'npm test', 'node: packageManager=npm@10'],
  ['a field for bun', manifest('bun@1'), 'bun test', 'node: packageManager=bun@1'],
  ['a field without a version', manifest('npm'), 'npm test', 'node: packageManager=npm'],
  [
    'a field behind a byte order mark',
    { 'package.json': '\ufeff{ "packageManager": "npm@10" }' },
    'npm test',
    'node: packageManager=npm@10',
  ],
  ['pnpm-lock.yaml', { 'pnpm-lock.yaml': '' }, 'pnpm test', 'node: pnpm-lock.yaml'],
  ['yarn.lock', { 'yarn.lock': '' }, 'yarn test', 'node: yarn.lock'],
  ['package-lock.json', { 'package-lock.json': '{}' }, 'npm test', 'node: package-lock.json'],
  ['bun.lockb', { 'bun.lockb': '' }, 'bun test', 'node: bun.lockb'],
  ['pyproject.toml', { 'pyproject.toml': '' }, 'python -m pytest', 'python: pyproject.toml'],
  ['pytest.ini', { 'pytest.ini': '' }, 'pytest', 'python: pytest.ini'],
  ['requirements.txt', { 'requirements.txt': '' }, 'pytest', 'python: requirements.txt'],
  ['go.mod', { 'go.mod': '' }, 'go test ./...', 'go: go.mod'],
  ['Cargo.toml', { 'Cargo.toml': '' }, 'cargo test', 'rust: Cargo.toml'],
  [
    'field and lock file of one tool',
    { ...manifest('pnpm@9'), 'pnpm-lock.yaml': '' },
    'pnpm test',
    'node: packageManager=pnpm@9; node: pnpm-lock.yaml',
  ],
  [
    'two files for one command',
    { 'requirements.txt': '', 'pytest.ini': '' },
    'pytest',
    'python: pytest.ini; python: requirements.txt',
  ],
])('%s selects a command', async (_, files, command, reason) => {
  expect(await detectValidator(await tempRepo(files))).toEqual({ kind: 'selected', command, reason });
});

test.each<[string, Record<string, string>]>([
  ['an empty folder', {}],
  ['a bare package.json with a test script', { 'package.json': '{ "scripts": { "test": "vitest" } }' }],
  ['an invalid package.json', { 'package.json': '{ "packageManager": "npm@10"' }],
  ['a package.json that is no object', { 'package.json': 'null' }],
  ['a package.json that is an array', { 'package.json': '["packageManager"]' }],
  ['an unknown package manager', manifest('deno@2')],
  ['a package manager of another type', manifest(8)],
  ['an inherited name', { 'package.json': '{ "__proto__": { "packageManager": "npm@10" } }' }],
  ['files of a package further down', { 'packages/a/package-lock.json': '{}', 'sub/go.mod': '' }],
])('%s is no evidence', async (_, files) => {
  expect(await detectValidator(await tempRepo(files))).toEqual({ kind: 'missing' });
});

test('only files count, also through a link, and nothing waits for a pipe', async () => {
  const root = await tempRepo({ 'real.mod': '' });
  await mkdir(path.join(root, 'Cargo.toml'));
  await symlink('nowhere', path.join(root, 'yarn.lock'));
  await symlink('bun.lockb', path.join(root, 'bun.lockb'));
  await symlink('real.mod', path.join(root, 'go.mod'));
  execFileSync('mkfifo', [path.join(root, 'package.json')]);
  expect(await detectValidator(root)).toMatchObject({ kind: 'selected', command: 'go test ./...' });
});

test('different commands are ambiguous, in the order of the ecosystems', async () => {
  const root = await tempRepo({
    'Cargo.toml': '',
    'go.mod': '',
    'pyproject.toml': '',
    'package-lock.json': '',
  });
  expect(await detectValidator(root)).toEqual({
    kind: 'ambiguous',
    candidates: [
      { command: 'npm test', reason: 'node: package-lock.json' },
      { command: 'python -m pytest', reason: 'python: pyproject.toml' },
      { command: 'go test ./...', reason: 'go: go.mod' },
      { command: 'cargo test', reason: 'rust: Cargo.toml' },
    ],
  });
});

test.each<[Record<string, string>, string[]]>([
  [{ 'pyproject.toml': '', 'pytest.ini': '' }, ['python -m pytest', 'pytest']],
  [{ ...manifest('pnpm@9'), 'package-lock.json': '' }, ['pnpm test', 'npm test']],
])('so are those of one ecosystem: %j', async (files, commands) => {
  const detection = await detectValidator(await tempRepo(files));
  expect(detection.kind === 'ambiguous' && detection.candidates.map(({ command }) => command)).toEqual(
    commands,
  );
});

test.skipIf(process.getuid?.() === 0)('a package.json without permission is an error', async () => {
  const root = await tempRepo(manifest('npm@10'));
  await chmod(path.join(root, 'package.json'), 0o000);
  await expect(detectValidator(root)).rejects.toMatchObject({ code: 'EACCES' });
});
