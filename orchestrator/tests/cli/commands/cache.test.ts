import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missFacts } from '../../../src/cache/missFacts.ts';
import { entryFolder } from '../../../src/cache/store/layout.ts';
import { storeEntry, type NewEntry } from '../../../src/cache/store/storeEntry.ts';
import { ABOUT, keyOf, makeCacheRig, newEntry, type CacheRig } from '../../cache/store/cacheRig.ts';
import { faultEnvironment } from '../../support/faults.ts';
import { runCli } from '../../support/runCli.ts';
import { runMain, type MainResult } from '../runMain.ts';

const HOUR_MS = 3_600_000;
/** Keys whose beginnings are alike. */
const BUILD = `ab1${'0'.repeat(61)}`;
const TEST = `ab2${'0'.repeat(61)}`;
const RUN = ABOUT.run_id;

let rig: CacheRig;
let cacheDir: string;

beforeEach(async () => {
  rig = await makeCacheRig();
  cacheDir = path.join(rig.repo, '.runs/.cache');
});
afterEach(() => rig.cleanup());

/** Somewhat more than two hours after everything that is stored here. */
function cache(...argv: string[]): Promise<MainResult> {
  return runMain(['cache', ...argv], { cwd: rig.repo, now: new Date(Date.now() + 2.1 * HOUR_MS) });
}

async function json(...argv: string[]): Promise<unknown> {
  return JSON.parse((await cache(...argv, '--format', 'json')).stdout);
}

async function store(key: string, over: Partial<NewEntry> = {}, stageId = 'build'): Promise<void> {
  const about = { ...ABOUT, stage_id: stageId };
  await storeEntry(cacheDir, newEntry(key, rig.repo, { about, ...over }));
}

/** Makes it look as if an entry had not been used since then. */
async function unusedFor(key: string, ms: number): Promise<void> {
  const time = new Date(Date.now() - ms);
  await utimes(path.join(entryFolder(cacheDir, key), 'entry.json'), time, time);
}

/** A build of 1500 bytes in two outputs, a test without outputs that was not used for three days. */
async function fill(): Promise<void> {
  await rig.write('dist/a', 'a'.repeat(1000));
  await rig.write('dist/b', 'b'.repeat(500));
  await store(BUILD);
  await store(TEST, { outputs: [] }, 'test');
  await unusedFor(TEST, 70 * HOUR_MS);
}

describe('cache ls', () => {
  it('lists entries, used last first, and what they take up', async () => {
    await fill();
    expect(await cache()).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'key           stage                 size  outputs  age  used  from run',
        `ab1000000000  diagnostics/build  1.5 KiB        2   2h    2h  ${RUN}`,
        `ab2000000000  diagnostics/test       0 B        0   2h    3d  ${RUN}`,
        '2 entries, 1.5 KiB of at most 2.0 GiB, in .runs/.cache',
        '',
      ].join('\n'),
    });
  });

  it.each(['test', 'diagnostics/test'])('lists those of one stage: %s', async (stage) => {
    await fill();
    expect((await cache('ls', '--stage', stage)).stdout.split('\n').slice(1)).toEqual([
      `ab2000000000  diagnostics/test   0 B        0   2h    3d  ${RUN}`,
      '1 of 2 entries, 1.5 KiB of at most 2.0 GiB, in .runs/.cache',
      '',
    ]);
  });

  it('says which stages there are when the one asked for has no entry', async () => {
    await fill();
    expect(await cache('ls', '--stage', 'biuld')).toEqual({
      code: 0,
      stderr: '',
      stdout: 'No entry of stage "biuld" in .runs/.cache.\nStages: diagnostics/build, diagnostics/test\n',
    });
  });

  it('lists what is damaged too', async () => {
    await fill();
    await appendFile(path.join(entryFolder(cacheDir, TEST), 'entry.json'), ' ');
    await unusedFor(TEST, 70 * HOUR_MS);
    await mkdir(entryFolder(cacheDir, keyOf('bare')), { recursive: true });
    const { stdout } = await cache();
    expect(stdout).toContain('\nab2000000000  damaged                0 B                  3d\n');
    expect(stdout).toContain(`\n${keyOf('bare').slice(0, 12)}  damaged `);
    expect(stdout).toContain(
      '\n2 damaged: as good as none, and replaced when the stage runs again.\n3 entries, ',
    );
  });

  it('prints one JSON document', async () => {
    await fill();
    await appendFile(path.join(entryFolder(cacheDir, TEST), 'entry.json'), ' ');
    expect(await json('ls')).toMatchObject({
      cache_dir: cacheDir,
      entries: expect.arrayContaining([
        expect.objectContaining({
          key: BUILD,
          pipeline_id: 'diagnostics',
          stage_id: 'build',
          run_id: RUN,
          bytes: 1500,
          outputs: 2,
          damage: null,
        }),
        expect.objectContaining({ key: TEST, bytes: 0, damage: 'entry.json is damaged' }),
      ]) as unknown,
      total_entries: 2,
      total_bytes: 1500,
      max_bytes: 2 * 1024 ** 3,
      max_age_ms: 30 * 24 * HOUR_MS,
    });
  });
});

it.each([['ls'], ['prune'], ['clear']])('%s says that there is no cache, and makes none', async (action) => {
  const nothing =
    action === 'ls'
      ? 'Nothing in .runs/.cache yet: stages with a "cache" in codex.orchestrator.json put their results there.\n'
      : 'Nothing to remove: there is no entry in .runs/.cache.\n';
  expect(await cache(action)).toEqual({ code: 0, stdout: nothing, stderr: '' });
  expect(existsSync(path.join(rig.repo, '.runs'))).toBe(false);
});

describe('cache show', () => {
  /** A build with everything that an entry can have. */
  async function storeFull(): Promise<void> {
    await rig.write('dist/a', 'a'.repeat(2048), 0o755);
    await rig.folder('dist/empty');
    await rig.link('dist/latest', 'a');
    const logPath = path.join(rig.root, 'log');
    await writeFile(logPath, 'log\n');
    const facts = missFacts(
      {
        command: 'npm run build',
        argv: null,
        cwd: 'web',
        env: { MODE: 'secret' },
        namedEnv: { CI: null, FLAVOUR: 'secret' },
        inputs: '',
        outputs: ['dist/**'],
        needs: { lint: TEST },
        platform: 'linux',
        arch: 'x64',
        nodeMajor: 20,
        format: 1,
      },
      [{ path: 'src/a', kind: 'file', executable: false, hash: keyOf('a') }],
    );
    await store(BUILD, { logPath, about: { ...ABOUT, facts: { ...facts } } });
  }

  it('tells everything about an entry', async () => {
    await storeFull();
    const { code, stdout } = await cache('show', 'AB1');
    expect(code).toBe(0);
    expect(stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/, '<when>').split('\n')).toEqual([
      'Entry ab1000000000, diagnostics/build',
      `  Key:        ${BUILD}`,
      `  Run:        ${RUN}, task 0101`,
      '  Summary:    built',
      '  Duration:   1.2 s',
      '  Size:       2.0 KiB, log 4 B',
      '  Stored:     <when>, 2h ago',
      '  Used:       2h ago',
      '  Command:    npm run build',
      '  Directory:  web',
      '  Inputs:     1 file',
      '  Variables:  CI (not set), FLAVOUR',
      '  Sets:       MODE',
      '  Globs:      dist/**',
      '  Needs:      lint ab2000000000',
      '  Made for:   linux x64, Node 20',
      `  Place:      .runs/.cache/v1/entries/ab/${BUILD}`,
      '  State:      whole',
      '3 outputs',
      '  755   2.0 KiB  dist/a',
      '  755     empty  dist/empty/',
      '  link           dist/latest → a',
      '',
    ]);
  });

  it('prints one JSON document, with no value of a variable', async () => {
    await storeFull();
    const { stdout } = await cache('show', BUILD, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      key: BUILD,
      path: entryFolder(cacheDir, BUILD),
      damage: null,
      bytes: 2052,
      log: { size: 4 },
      facts: {
        command: 'npm run build',
        variables: ['CI', 'FLAVOUR'],
        unset_variables: ['CI'],
        stage_variables: ['MODE'],
        output_globs: ['dist/**'],
        needs: { lint: TEST },
        node_major: 20,
      },
      outputs: [{ path: 'dist/a', mode: 0o755, size: 2048 }, { kind: 'directory' }, { target: 'a' }],
    });
    expect(stdout).not.toContain('secret');
  });

  it('reads all of the entry, and says what is damaged', async () => {
    await rig.write('dist/a', 'a');
    await store(BUILD);
    await writeFile(path.join(entryFolder(cacheDir, BUILD), 'files', keyOf('a')), 'b');
    const { code, stdout } = await cache('show', 'ab');
    expect(code).toBe(0);
    // What the key was made of is not known: the rest is told all the same.
    expect(stdout.split('\n').slice(7)).toEqual([
      '  Used:      2h ago',
      `  Place:     .runs/.cache/v1/entries/ab/${BUILD}`,
      `  State:     damaged: files/${keyOf('a')} is damaged`,
      'It is as good as none, and replaced when the stage runs again.',
      '1 output',
      '  644  1 B  dist/a',
      '',
    ]);
    await appendFile(path.join(entryFolder(cacheDir, BUILD), 'entry.json'), ' ');
    expect((await cache('show', 'ab')).stdout.split('\n')).toEqual([
      'Entry ab1000000000',
      `  Key:    ${BUILD}`,
      '  Used:   2h ago',
      `  Place:  .runs/.cache/v1/entries/ab/${BUILD}`,
      '  State:  damaged: entry.json is damaged',
      'It is as good as none, and replaced when the stage runs again.',
      '',
    ]);
    expect(await json('show', 'ab')).toMatchObject({ key: BUILD, damage: 'entry.json is damaged' });
  });

  it('needs a key that one entry alone has', async () => {
    await fill();
    expect(await cache('show', 'ab')).toEqual({
      code: 66,
      stdout: '',
      stderr: [
        'error: The keys of 2 entries in .runs/.cache begin with "ab":',
        '  ab1000000000  diagnostics/build',
        '  ab2000000000  diagnostics/test',
        'Name as many characters of the key as only one has.',
        '',
      ].join('\n'),
    });
    expect(await cache('show', '../x')).toEqual({
      code: 66,
      stdout: '',
      stderr:
        'error: No entry in .runs/.cache has a key that begins with "../x".\nRun `codex-orchestrator cache` to list them.\n',
    });
    expect(await json('show', 'ab')).toMatchObject({
      error: { kind: 'no-such-entry', key: 'ab', matches: [{ key: BUILD }, { stage: 'diagnostics/test' }] },
      exit_code: 66,
    });
  });

  it('is completed with the keys there are', async () => {
    await fill();
    const offered = async (...words: string[]): Promise<string[]> =>
      (await runMain(['__complete', 'zsh', 'cache', ...words], { cwd: rig.repo })).stdout.split('\n');
    expect(await offered('')).toEqual(['ls\t', 'show\t', 'prune\t', 'clear\t', '']);
    expect(await offered('show', 'ab2')).toEqual(['ab2000000000\tdiagnostics/test', '']);
    expect(await offered('ls', '--stage', '')).toEqual(['build\t', 'test\t', '']);
    expect(await offered('prune', 'ab')).toEqual(['']);
  });
});

describe('cache prune', () => {
  it('removes what is too much, least recently used first, and says what stays', async () => {
    await fill();
    await store(keyOf('third'));
    await unusedFor(keyOf('third'), HOUR_MS);
    expect((await cache('prune', '--max-size', '2.5K')).stdout).toBe(
      'Removed 2 entries, 1.5 KiB.\nLeft: 1 entry, 1.5 KiB of at most 2.5 KiB, in .runs/.cache.\n',
    );
    expect((await cache('prune', '--max-size', '2.5K')).stdout).toBe(
      'Nothing to remove: 1 entry, 1.5 KiB of at most 2.5 KiB, in .runs/.cache.\n',
    );
  });

  it('removes what was not used for so long', async () => {
    await fill();
    expect(await json('prune', '--max-age', '2d')).toEqual({
      cache_dir: cacheDir,
      removed: 1,
      freed_bytes: 0,
      left_entries: 1,
      left_bytes: 1500,
      max_bytes: 2 * 1024 ** 3,
      max_age_ms: 48 * HOUR_MS,
    });
    expect((await cache('ls')).stdout).toContain('\nab1000000000 ');
  });

  it('keeps to the caps of the environment', async () => {
    await fill();
    const env = { CODEX_ORCHESTRATOR_CACHE_DIR: '.runs/.cache', CODEX_ORCHESTRATOR_CACHE_MAX_DAYS: '2' };
    const { stdout } = await runMain(['cache', 'prune'], { cwd: rig.repo, env });
    expect(stdout).toContain('Removed 1 entry, 0 B.\n');
  });
});

it('cache clear removes every entry, and nothing else', async () => {
  await fill();
  await writeFile(path.join(cacheDir, 'notes'), '');
  expect((await cache('clear')).stdout).toBe(
    'Removed 2 entries, 1.5 KiB.\nNothing is left in .runs/.cache.\n',
  );
  expect(await json('clear')).toEqual({
    cache_dir: cacheDir,
    removed: 0,
    freed_bytes: 0,
    left_entries: 0,
    left_bytes: 0,
  });
  expect(await readdir(cacheDir)).toContain('notes');
});

it.each([
  [['prune', 'ab'], 'A key is for show, not for prune'],
  [['--max-age', '7d'], '--max-age is for prune, not for ls'],
  [['clear', '--max-size', '1G'], '--max-size is for prune, not for clear'],
  [['show', 'ab', '--stage', 'build'], '--stage is for ls, not for show'],
  [['show'], 'Missing argument <key> for cache show'],
  [
    ['prune', '--max-size', 'much'],
    'Invalid value "much" for --max-size: expected a size such as 500M or 2G',
  ],
  [['prune', '--max-age', '7'], 'Invalid value "7" for --max-age: expected an age such as 12h or 7d'],
])('refuses %j', async (argv, message) => {
  expect(await cache(...argv)).toEqual({
    code: 64,
    stdout: '',
    stderr: `error: ${message}.\nRun \`codex-orchestrator cache --help\` for what is possible.\n`,
  });
});

describe('a cache folder that cannot be used', () => {
  it('is an error when it is a file', async () => {
    await rig.write('.runs/.cache', '');
    for (const action of ['ls', 'clear']) {
      expect(await cache(action)).toMatchObject({
        code: 73,
        stderr: expect.stringMatching(/^error: Cannot list the folder .*\(ENOTDIR\)\.\n/) as unknown,
      });
    }
    const env = { CODEX_ORCHESTRATOR_CACHE_DIR: '.runs/.cache' };
    expect(await runMain(['cache'], { cwd: rig.repo, env })).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`DIR names ${cacheDir}, which is no folder.\n`) as unknown,
    });
  });

  it('is an error when nothing can be removed from it', async () => {
    await fill();
    const env = faultEnvironment({ trigger: BUILD, operation: 'rename', errno: 'EROFS' });
    const { code, stderr } = await runCli(['cache', 'clear'], { cwd: rig.repo, env });
    expect(code).toBe(73);
    expect(stderr).toContain(
      `error: Cannot remove ${entryFolder(cacheDir, BUILD)}: the file system is read-only (EROFS).\n`,
    );
  });
});
