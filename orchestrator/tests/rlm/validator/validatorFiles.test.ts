import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedLabels, validatorFingerprint } from '../../../src/rlm/validator/validatorFiles.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'codex-guard-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, content: string | object): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
}

/** What a change of the files makes of the fingerprint. */
async function changesBy(command: string, change: () => void): Promise<string[]> {
  const before = await validatorFingerprint(command, root);
  change();
  return changedLabels(before, await validatorFingerprint(command, root));
}

/** The labels of what exists. */
async function existing(command: string): Promise<string[]> {
  const fingerprint = await validatorFingerprint(command, root);
  return [...fingerprint].filter(([, hash]) => hash !== 'absent').map(([label]) => label);
}

describe('a file that the command names', () => {
  it.each([
    'node --test test/sum.test.js',
    './test/sum.test.js',
    'cd test && node ./sum.test.js',
    '(cd src; cd ../test; node sum.test.js) | tee log',
    'bash -lc "node test/sum.test.js"',
    'CHECK=test/sum.test.js node run',
    'vitest run --config=test/sum.test.js',
    'pytest test/sum.test.js::sums',
    'npx --yes node "test/sum.test.js"',
  ])('is watched in %j', async (command) => {
    write('test/sum.test.js', 'one');
    write('src/sum.js', 'one');
    const changes = await changesBy(command, () => {
      write('test/sum.test.js', 'two');
      write('src/sum.js', 'two');
    });
    expect(changes).toEqual(['test/sum.test.js']);
  });

  it('may be named by its full path', async () => {
    write('check.sh', 'one');
    const command = `sh ${path.join(root, 'check.sh')}`;
    await expect(changesBy(command, () => write('check.sh', 'two'))).resolves.toEqual(['check.sh']);
  });

  it('may disappear or come into being', async () => {
    write('check.sh', 'one');
    await expect(changesBy('sh check.sh', () => rmSync(path.join(root, 'check.sh')))).resolves.toEqual([
      'check.sh',
    ]);
    await expect(changesBy('sh check.sh', () => write('check.sh', ''))).resolves.toEqual(['check.sh']);
  });

  it('counts as the same with the same content', async () => {
    write('check.sh', 'one');
    await expect(changesBy('sh check.sh', () => write('check.sh', 'one'))).resolves.toEqual([]);
  });

  it('may be a module of Python that hides the installed one', async () => {
    await expect(changesBy('python -m pytest', () => write('pytest.py', 'pass'))).resolves.toEqual([
      'pytest.py',
    ]);
  });

  it('is none of ours outside the repository, and no folder', async () => {
    write('src/sum.js', 'one');
    const fingerprint = await validatorFingerprint('/bin/sh ../x.sh src . -- *.js', root);
    expect([...fingerprint]).toEqual([['src', 'absent']]);
  });

  it('is not meant when the validator writes to it', async () => {
    const command =
      'vitest run --outputFile=report.json --coverage.dir cov.txt -o x.txt 2> err.txt | tee out.txt';
    const files = ['report.json', 'cov.txt', 'x.txt', 'err.txt', 'out.txt'];
    await expect(changesBy(command, () => files.forEach((file) => write(file, '1')))).resolves.toEqual([]);
  });

  it('may be large', async () => {
    write('large.js', 'x'.repeat(5 * 1024 * 1024));
    const change = (): void => write('large.js', 'x'.repeat(5 * 1024 * 1024 + 1));
    await expect(changesBy('node large.js', change)).resolves.toEqual(['large.js']);
  });
});

describe('tests that the command names together', () => {
  it.each([
    'node --test test/',
    'node --test "test/**/*.js"',
    'node --test test/*.test.js',
    'cd test && node --test *.test.js',
    'pytest ./test',
    'npx vitest run {test,spec}/*',
  ])('are watched in %j: what is changed or deleted, not what is added', async (command) => {
    for (const file of ['test/a.test.js', 'test/b.test.js', 'test/c.test.js']) write(file, 'one');
    const changes = await changesBy(command, () => {
      write('test/a.test.js', 'two');
      rmSync(path.join(root, 'test/b.test.js'));
      write('test/new.test.js', 'one');
      write('test/__pycache__/x.pyc', 'one');
    });
    expect(changes).toEqual(['test/a.test.js', 'test/b.test.js']);
  });

  it.each(['eslint src', 'eslint "src/**/*.js"', 'node --test', 'cp * ../'])(
    'are not the code that %j names',
    async (command) => {
      for (const file of ['src/a.js', 'a.js', 'src/contest.js']) write(file, 'one');
      const changes = await changesBy(command, () => {
        for (const file of ['src/a.js', 'a.js', 'src/contest.js']) write(file, 'two');
      });
      expect(changes).toEqual([]);
    },
  );
});

describe('scripts of package.json', () => {
  it('are watched one by one, the rest of the file is not', async () => {
    write('package.json', { scripts: { test: 'node --test', build: 'x' } });
    const changes = await changesBy('npm test', () =>
      write('package.json', { version: '2.0.0', scripts: { test: 'true', build: 'y' } }),
    );
    expect(changes).toEqual(['package.json (scripts.test)']);
  });

  it('include what runs before and after, and may come into being', async () => {
    write('package.json', { scripts: { test: 'node --test' } });
    const changes = await changesBy('npm test', () =>
      write('package.json', { scripts: { test: 'node --test', pretest: 'exit 0', posttest: 'exit 0' } }),
    );
    expect(changes).toEqual(['package.json (scripts.posttest)', 'package.json (scripts.pretest)']);
  });

  it('are followed to other scripts and to files, even in circles', async () => {
    write('package.json', {
      scripts: {
        test: 'npm run check && npm run test',
        check: 'pnpm run deep -- test/a.js',
        deep: 'npm test; node tools/check.js',
      },
    });
    write('tools/check.js', '');
    write('test/a.js', '');
    await expect(existing('npm test')).resolves.toEqual([
      'package.json (scripts.check)',
      'package.json (scripts.deep)',
      'package.json (scripts.test)',
      'test/a.js',
      'tools/check.js',
    ]);
  });

  it('may lie in another folder', async () => {
    write('web/package.json', { scripts: { test: 'node check.js' } });
    write('web/check.js', '');
    const labels = ['web/check.js', 'web/package.json (scripts.test)'];
    await expect(existing('npm --prefix web test')).resolves.toEqual(labels);
    await expect(existing('cd web && npm test')).resolves.toEqual(labels);
  });

  it('do not name what the script named before it was changed', async () => {
    write('package.json', { scripts: { test: 'jest' } });
    write('jest.config.js', '');
    write('vitest.config.ts', '');
    const changes = await changesBy('npm test', () => write('package.json', { scripts: { test: 'vitest' } }));
    expect(changes).toEqual(['package.json (scripts.test)']);
  });

  it('may be missing, or beyond reading', async () => {
    await expect(existing('npm test')).resolves.toEqual([]);
    for (const broken of ['{', '[]', '{"scripts":[]}', '{"scripts":{"test":1}}']) {
      write('package.json', broken);
      await expect(existing('npm test')).resolves.toEqual([]);
    }
    const repaired = { scripts: { test: 'true' } };
    const changes = await changesBy('npm test', () => write('package.json', repaired));
    expect(changes).toEqual(['package.json (scripts.test)']);
  });
});

describe('the configuration of a tool that the command calls', () => {
  it.each([
    ['npx vitest run', 'vitest.config.ts'],
    ['node_modules/.bin/jest', 'jest.config.js'],
    ['pnpm vitest', 'vitest.config.mts'],
    ['pnpm exec mocha', '.mocharc.json'],
    ['python -m pytest', 'pyproject.toml'],
    ['uv run pytest', 'conftest.py'],
    ['tsc --noEmit', 'tsconfig.json'],
    ['eslint src', 'eslint.config.js'],
    ['make check', 'Makefile'],
    ['cargo test', 'Cargo.toml'],
    ['go test ./...', 'go.mod'],
    ['./gradlew test', 'build.gradle.kts'],
    ['bun test', 'bunfig.toml'],
    ['cd web && vitest', 'web/vite.config.js'],
  ])('%j: %j', async (command, file) => {
    const appears = await changesBy(command, () => write(file, '1'));
    const changes = await changesBy(command, () => write(file, '2'));
    expect([appears, changes]).toEqual([[file], [file]]);
  });

  it('may be a part of package.json', async () => {
    write('package.json', { scripts: { test: 'jest' }, jest: { bail: 1 } });
    const changes = await changesBy('npm test', () =>
      write('package.json', { scripts: { test: 'jest' }, jest: { testMatch: [] }, other: 1 }),
    );
    expect(changes).toEqual(['package.json (jest)']);
  });
});

it('is cheap', async () => {
  write('package.json', { scripts: { test: 'tsc && eslint . && vitest run && jest' } });
  await validatorFingerprint('npm test', root);
  const times: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    const start = performance.now();
    await validatorFingerprint('npm test', root);
    times.push(performance.now() - start);
  }
  // A few ms on an idle machine.
  expect(Math.min(...times)).toBeLessThan(50);
});
