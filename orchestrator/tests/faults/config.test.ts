import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { countedStage, pipeline } from '../support/stageConfig.ts';
import { contentOf } from './evidence.ts';

let repo: SandboxRepo;
afterEach(() => repo.cleanup());

const CONFIG = 'codex.orchestrator.json';

describe('a configuration that cannot be used', () => {
  it.each([
    [
      'is broken off',
      '{"pipelines": [}',
      '1:16  error  found "}", expected a value\n    {"pipelines": [}\n                   ^\n',
    ],
    ['is empty', '', '1:1  error  found an empty file, expected a JSON object\n'],
    ['is blank', '   \n', '1:1  error  found only white space, expected a JSON object\n'],
    ['is no object', '[]', '1:1  error  found an array, expected an object\n    []\n    ^\n'],
    [
      'is huge',
      new Uint8Array(9 * 1024 * 1024).fill(0x20),
      '1:1  error  found a file of 9.0 MiB, expected at most 8.0 MiB\n',
    ],
    ['is UTF-16', Buffer.from('\ufeff{}', 'utf16le'), '1:1  error  found UTF-16 text, expected UTF-8 text\n'],
    [
      'is Latin-1',
      Buffer.from('{"defaultPipeline": "café"}', 'latin1'),
      '1:25  error  found the byte 0xE9 at offset 24, which is not UTF-8, expected UTF-8 text\n' +
        '    {"defaultPipeline": "caf\ufffd"}\n                            ^\n',
    ],
  ])('that %s is named with its place, and nothing is written', async (_what, content, problem) => {
    repo = await makeRepo({ files: { [CONFIG]: content } });
    const result = await runCli(['start'], { cwd: repo.root });
    expect(result).toEqual({
      code: 78,
      signal: null,
      stdout: '',
      stderr: `error: ${CONFIG} is invalid.\n${CONFIG}:${problem}\n1 error\n`,
    });
    expect(await readdir(repo.root)).toEqual([CONFIG]);
  });

  it('takes nothing away from earlier runs, which can still be looked at', async () => {
    repo = await makeRepo({ config: pipeline(countedStage('one')) });
    expect(await runCli(['start'], { cwd: repo.root })).toMatchObject({ code: 0 });
    const before = await contentOf(repo.runsRoot);
    await repo.write(CONFIG, '{');
    for (const args of [['start'], ['plan'], ['start', '--format', 'json']]) {
      expect(await runCli(args, { cwd: repo.root })).toMatchObject({ code: 78 });
    }
    for (const args of [['status'], ['runs'], ['logs']]) {
      expect(await runCli(args, { cwd: repo.root })).toMatchObject({ code: 0 });
    }
    expect(await contentOf(repo.runsRoot)).toEqual(before);
  });
});
