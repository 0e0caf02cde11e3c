import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FailureError } from '../../../src/failure.ts';
import { changedPaths, changesBetween } from '../../../src/cli/watch/changes.ts';
import { watchFolders } from '../../../src/cli/watch/folderWatches.ts';
import { openGround, type Ground, type Look, type LookRequest } from '../../../src/cli/watch/ground.ts';
import { openInputFiles, outputFilter, type InputFiles } from '../../../src/cli/watch/inputFiles.ts';
import { ownOutputFilter } from '../../../src/cli/watch/ownOutput.ts';
import { createSettling, type Settling } from '../../../src/cli/watch/settling.ts';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';

let repo: SandboxRepo;
let settling: Settling;
let ground: Ground;
let last: Look;
let request: LookRequest;

beforeEach(async () => {
  repo = await makeRepo({
    files: {
      '.gitignore': 'dist\n*.log\n.runs\n',
      'src/a.ts': 'a',
      'src/deep/b.ts': 'b',
      'dist/app.js': 'x',
      'dist/other/y.js': 'y',
      'gen/made.ts': 'made',
    },
  });
  execFileSync('git', ['init', '-q', '--template='], { cwd: repo.root });
  settling = createSettling(5);
  const inputFiles = openInputFiles(repo.root, repo.path('no-memo'), [repo.runsRoot]);
  ground = openGround(repo.root, { settling, inputFiles, isOwnOutput: () => false });
  request = { lists: [['**'], ['dist/other/**']], isOutput: await outputFilter([['gen/**', '!gen/keep']]) };
  last = await ground.look(request);
});
afterEach(async () => {
  vi.useRealTimers();
  ground.close();
  settling.close();
  await repo.cleanup();
});

/** What has changed once things have settled after `act`. */
async function changes(act: () => void): Promise<string[]> {
  if (settling.isUnsettled) await settling.settled();
  settling.lower();
  act();
  await settling.settled();
  settling.lower();
  const before = last;
  last = await ground.look(request);
  return changedPaths(changesBetween(before.lists, last.lists));
}

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(repo.path(file)), { recursive: true });
  fs.writeFileSync(repo.path(file), content);
}

test('what is looked at: no ignored files but those that are named, no outputs', () => {
  expect([...last.lists.values()].map((files) => [...files.keys()])).toEqual([
    ['.gitignore', 'src/a.ts', 'src/deep/b.ts'],
    ['dist/other/y.js'],
  ]);
});

test('files saved as editors do it', async () => {
  const file = repo.path('src/a.ts');
  expect(await changes(() => fs.writeFileSync(file, 'in place'))).toEqual(['src/a.ts']);
  const overwrite = (): void => {
    // Vim: a probe, a backup of the old file, the new one, no backup.
    fs.writeFileSync(repo.path('src/4913'), '');
    fs.rmSync(repo.path('src/4913'));
    fs.renameSync(file, `${file}~`);
    fs.writeFileSync(file, 'renamed');
    fs.rmSync(`${file}~`);
  };
  expect(await changes(overwrite)).toEqual(['src/a.ts']);
  const replace = (): void => {
    fs.writeFileSync(repo.path('src/.a.ts.123'), 'replaced');
    fs.renameSync(repo.path('src/.a.ts.123'), file);
  };
  expect(await changes(replace)).toEqual(['src/a.ts']);
  expect(await changes(() => fs.writeFileSync(repo.path('src/.a.ts.swp'), 'keys'))).toEqual([]);
  expect(await changes(replace)).toEqual([]);
  expect(await changes(() => fs.utimesSync(file, 1, 1))).toEqual([]);
  expect(await changes(() => fs.chmodSync(file, 0o755))).toEqual(['src/a.ts']);
});

test('folders that come, go and take the place of others', async () => {
  expect(await changes(() => write('new/folder/in/c.ts', 'c'))).toEqual(['new/folder/in/c.ts']);
  expect(await changes(() => write('new/folder/in/c.ts', 'd'))).toEqual(['new/folder/in/c.ts']);
  expect(await changes(() => fs.rmSync(repo.path('src'), { recursive: true }))).toEqual([
    'src/a.ts',
    'src/deep/b.ts',
  ]);
  const rename = (): void => fs.renameSync(repo.path('new/folder'), repo.path('src'));
  expect(await changes(rename)).toEqual(['new/folder/in/c.ts', 'src/in/c.ts']);
  expect(await changes(() => write('src/in/c.ts', 'e'))).toEqual(['src/in/c.ts']);
  expect(await changes(() => fs.mkdirSync(repo.path('empty')))).toEqual([]);
  expect(await changes(() => write('empty/first', ''))).toEqual(['empty/first']);
});

test('ignored files, outputs and evidence are nothing; a new rule counts at once', async () => {
  const writeAll = (): void => {
    write('a.log', '1');
    write('dist/app.js', '2');
    write('gen/made.ts', '3');
    write('.runs/0101/cli/x', '4');
  };
  expect(await changes(writeAll)).toEqual([]);
  expect(await changes(() => write('gen/keep', ''))).toEqual(['gen/keep']);
  expect(await changes(() => write('dist/other/y.js', 'z'))).toEqual(['dist/other/y.js']);
  expect(await changes(() => write('.gitignore', 'dist\nsrc/deep\n'))).toEqual([
    '.gitignore',
    'a.log',
    'src/deep/b.ts',
  ]);
});

test('the configuration is looked at by itself, and is an input only where it is named', async () => {
  expect(last.config).toBeNull();
  expect(await changes(() => write('codex.orchestrator.json', '{'))).toEqual([]);
  expect(last.config).toBe('{');
  request = { ...request, lists: [['**'], ['./codex.orchestrator.json', 'src/**']] };
  expect([...(await ground.look(request)).lists.values()].map((files) => [...files.keys()])).toEqual([
    ['.gitignore', 'src/a.ts', 'src/deep/b.ts'],
    ['codex.orchestrator.json', 'src/a.ts', 'src/deep/b.ts'],
  ]);
});

test('what this process prints into is none, whatever it is called', async () => {
  write('watch.log.txt', '');
  const descriptor = fs.openSync(repo.path('watch.log.txt'), 'a');
  ground.close();
  const inputFiles = openInputFiles(repo.root, repo.path('no-memo'), [repo.runsRoot]);
  const isOwnOutput = ownOutputFilter(repo.root, [99_999, descriptor]);
  ground = openGround(repo.root, { settling, inputFiles, isOwnOutput });
  last = await ground.look(request);
  const print = (): void => void fs.writeSync(descriptor, 'Changed: watch.log.txt.\n');
  expect(await changes(print)).toEqual([]);
  expect(await changes(() => fs.renameSync(repo.path('watch.log.txt'), repo.path('old.txt')))).toEqual([]);
  expect(await changes(() => write('watch.log.txt', ''))).toEqual(['watch.log.txt']);
  expect(await changes(print)).toEqual([]);
  fs.closeSync(descriptor);
});

test('what nobody asks for any more is forgotten', async () => {
  const files = vi.fn<() => Map<string, string>>(() => new Map([['a', '1']]));
  const own = openGround(repo.root, {
    settling,
    inputFiles: async () => ({ digest: '1', folders: [], files }),
    isOwnOutput: () => false,
  });
  const lookAt = (lists: string[][]): Promise<Look> => own.look({ lists, isOutput: request.isOutput });
  const { lists } = await lookAt([['a']]);
  const times = files.mock.calls.length;
  expect((await lookAt([['a']])).lists).toEqual(lists);
  expect(files).toHaveBeenCalledTimes(times);
  await lookAt([['b']]);
  await lookAt([['a']]);
  expect(files).toHaveBeenCalledTimes(times + 2);
  own.close();
});

test('a git that cannot be asked for a while is asked again; until then all is as it was', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const own = createSettling();
  const trouble = new FailureError({ kind: 'git-failed', message: 'bad config line 1' });
  let content: string | null = null;
  const inputFiles = async (): Promise<InputFiles> => {
    if (content === null) throw trouble;
    const files = new Map([['a', content]]);
    return { digest: content, folders: [], files: () => files };
  };
  const shaky = openGround(repo.root, { settling: own, inputFiles, isOwnOutput: () => false });
  await expect(shaky.look(request)).rejects.toBe(trouble);
  content = '1';
  const { lists } = await shaky.look(request);
  content = null;
  write('codex.orchestrator.json', '{');
  expect(await shaky.look(request)).toEqual({ lists, config: '{', limit: null, trouble });
  own.lower();
  vi.advanceTimersByTime(2_000);
  expect(own.isUnsettled).toBe(true);
  content = '2';
  const later = await shaky.look(request);
  expect(later.trouble).toBeNull();
  expect(changedPaths(changesBetween(lists, later.lists))).toEqual(['a']);
  shaky.close();
  own.close();
});

test('with folders that cannot be watched, everything is looked at again after a while', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const refuse = (): never => {
      throw Object.assign(new Error('limit'), { code: 'ENOSPC' });
    };
    const own = createSettling();
    const limited = openGround(repo.root, {
      settling: own,
      inputFiles: openInputFiles(repo.root, repo.path('no-memo'), []),
      isOwnOutput: () => false,
      watch: (root, onEvent) => watchFolders(root, onEvent, refuse),
    });
    expect((await limited.look(request)).limit).toBe('ENOSPC');
    vi.advanceTimersByTime(1_999);
    expect(own.isUnsettled).toBe(false);
    vi.advanceTimersByTime(1);
    expect(own.isUnsettled).toBe(true);
    limited.close();
    own.close();
  } finally {
    vi.useRealTimers();
  }
});
