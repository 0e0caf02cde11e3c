import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { configProblemText } from '../../src/cli/present/configProblemText.ts';
import { CONFIG_FILE, loadConfig } from '../../src/config/loadConfig.ts';
import { RLM_PIPELINE } from '../../src/config/shippedPipelines.ts';
import type { LoadedConfig } from '../../src/config/types.ts';
import { tempRepo } from './tempRepo.ts';

const VALID = '{ "pipelines": [{ "id": "diagnostics", "title": "É" }] }\n';

async function loadedFrom(root: string): Promise<LoadedConfig> {
  const result = await loadConfig(root);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.loaded;
}

async function failureText(root: string): Promise<string> {
  const result = await loadConfig(root);
  if (result.ok || result.failure.kind !== 'invalid-config') throw new Error(JSON.stringify(result));
  expect(result.failure.file).toBe(CONFIG_FILE);
  return configProblemText(result.failure.problems);
}

describe('a valid file', () => {
  test('is the source of the pipelines', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: VALID, 'package.json': '{ "scripts": { "build": "x" } }' });
    const loaded = await loadedFrom(root);
    expect(loaded).toMatchObject({ source: 'user', file: CONFIG_FILE, warnings: [], reasons: [] });
    expect(loaded.config.pipelines.map(({ title }) => title)).toEqual(['É', 'RLM Loop']);
  });

  test('may begin with a byte order mark, which takes no column', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: '\ufeff{ "x": 1, "pipelines": [] }' });
    const { warnings } = await loadedFrom(root);
    expect(warnings.map(({ line, column }) => [line, column])).toEqual([[1, 3]]);
  });

  test('may be larger than any real one', async () => {
    const root = await tempRepo({
      [CONFIG_FILE]: VALID + ' '.repeat(8 * 1024 * 1024 - Buffer.byteLength(VALID)),
    });
    expect((await loadedFrom(root)).source).toBe('user');
  });
});

describe('a file that has settings of loops only', () => {
  const RLM = '{ "rlm": { "validator": "npm test" }, "x": 1 }';

  test('leaves the pipelines to detection', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: RLM, 'package.json': '{ "scripts": { "build": "x" } }' });
    const { config, ...loaded } = await loadedFrom(root);
    expect(loaded).toMatchObject({ source: 'default', file: CONFIG_FILE });
    expect(loaded.warnings.map(({ found }) => found)).toEqual([
      'found the unknown key "x", which is ignored',
    ]);
    expect(loaded.reasons.map(({ stageId }) => stageId)).toEqual(['build']);
    expect(config.rlm).toEqual({ validator: 'npm test' });
    expect(config.pipelines.map(({ id }) => id)).toEqual(['diagnostics', 'rlm']);
  });

  test('is enough for loops where nothing is detected', async () => {
    const { config, source } = await loadedFrom(await tempRepo({ [CONFIG_FILE]: RLM }));
    expect(source).toBe('user');
    expect(config.rlm).toEqual({ validator: 'npm test' });
    expect(config.pipelines).toEqual([RLM_PIPELINE]);
  });

  test('with an empty list of pipelines has none, whatever could be detected', async () => {
    const text = '{ "rlm": {}, "pipelines": [] }';
    const root = await tempRepo({ [CONFIG_FILE]: text, 'package.json': '{ "scripts": { "build": "x" } }' });
    expect((await loadedFrom(root)).config.pipelines).toEqual([RLM_PIPELINE]);
  });
});

describe('a file that cannot be read as text', () => {
  test('an empty file', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: '' });
    expect(await failureText(root)).toBe(
      'codex.orchestrator.json:1:1  error  found an empty file, expected a JSON object\n\n1 error',
    );
  });

  test('a byte order mark and nothing else', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: '\ufeff' });
    expect(await failureText(root)).toContain('found an empty file');
  });

  test('a huge file is not read at all', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: '' });
    await truncate(path.join(root, CONFIG_FILE), 3 * 1024 ** 3);
    expect(await failureText(root)).toBe(
      'codex.orchestrator.json:1:1  error  found a file of 3072.0 MiB, expected at most 8.0 MiB\n\n1 error',
    );
  });

  test('a byte that is not UTF-8, with its place', async () => {
    const text = Buffer.from('{ "é": "\ufffd",\n  "pipelines": ["caf?"] }');
    const offset = text.indexOf('?');
    text[offset] = 0xe9;
    const root = await tempRepo({ [CONFIG_FILE]: text });
    expect((await failureText(root)).split('\n')).toEqual([
      `codex.orchestrator.json:2:21  error  found the byte 0xE9 at offset ${offset}, which is not UTF-8, expected UTF-8 text`,
      '      "pipelines": ["caf\ufffd"] }',
      '                        ^',
      '',
      '1 error',
    ]);
  });

  test('a bad byte behind a byte order mark', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0xff]) });
    expect(await failureText(root)).toContain(
      'codex.orchestrator.json:1:2  error  found the byte 0xFF at offset 4, which is not UTF-8, expected UTF-8 text',
    );
  });

  test('UTF-16', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: Buffer.from(`\ufeff${VALID}`, 'utf16le') });
    expect(await failureText(root)).toBe(
      'codex.orchestrator.json:1:1  error  found UTF-16 text, expected UTF-8 text\n\n1 error',
    );
  });

  test('a directory', async () => {
    const root = await tempRepo();
    await mkdir(path.join(root, CONFIG_FILE));
    expect(await failureText(root)).toBe(
      'codex.orchestrator.json:1:1  error  found a directory, expected a file\n\n1 error',
    );
  });

  test('a named pipe is not waited for', async () => {
    const root = await tempRepo();
    execFileSync('mkfifo', [path.join(root, CONFIG_FILE)]);
    expect(await failureText(root)).toBe(
      'codex.orchestrator.json:1:1  error  found a named pipe, expected a file\n\n1 error',
    );
  });

  test('an error of the file system', async () => {
    const root = await tempRepo();
    await symlink(CONFIG_FILE, path.join(root, CONFIG_FILE));
    expect(await failureText(root)).toBe(
      'codex.orchestrator.json:1:1  error  found a file that cannot be read (ELOOP), expected a readable file\n\n1 error',
    );
  });
});

test('errors come with the warnings of the same file', async () => {
  const root = await tempRepo({ [CONFIG_FILE]: '{ "x": 1, "pipelines": 2 }' });
  expect((await failureText(root)).split('\n').at(-1)).toBe('1 error, 1 warning');
});

describe('the shipped pipeline', () => {
  test('comes behind those of a file and is not its default', async () => {
    const root = await tempRepo({ [CONFIG_FILE]: VALID });
    const { config } = await loadedFrom(root);
    expect(config.pipelines.map(({ id }) => id)).toEqual(['diagnostics', 'rlm']);
    expect(config.pipelines[1]).toBe(RLM_PIPELINE);
    expect(config.defaultPipeline).toBeNull();
  });

  test('comes behind those that are detected', async () => {
    const { config } = await loadedFrom(await tempRepo({ 'go.mod': 'module x\n' }));
    expect(config.pipelines.map(({ id }) => id)).toEqual(['diagnostics', 'rlm']);
    expect(config.defaultPipeline).toBe('diagnostics');
  });

  test('gives way to one of the same id', async () => {
    const own = '{ "pipelines": [{ "id": "rlm", "title": "Ours" }, { "id": "a" }] }';
    const { config } = await loadedFrom(await tempRepo({ [CONFIG_FILE]: own }));
    expect(config.pipelines.map(({ title }) => title)).toEqual(['Ours', 'a']);
  });

  test('is not enough where nothing is detected', async () => {
    const result = await loadConfig(await tempRepo());
    expect(result).toMatchObject({ ok: false, failure: { kind: 'nothing-detected' } });
  });
});

test('settings of loops come along', async () => {
  const root = await tempRepo({ [CONFIG_FILE]: '{ "pipelines": [], "rlm": { "agent": "claude" } }' });
  expect((await loadedFrom(root)).config.rlm).toEqual({ agent: 'claude' });
  expect((await loadedFrom(await tempRepo({ 'go.mod': 'module x\n' }))).config.rlm).toBeNull();
});

test('without a file the pipelines are detected', async () => {
  const root = await tempRepo({ 'go.mod': 'module x\n' });
  expect(await loadedFrom(root)).toMatchObject({ source: 'default', file: null });
});
