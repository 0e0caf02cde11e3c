/** Where a tool looks for its configuration by itself. */
export interface RunnerConfig {
  /** File names, relative to the folder in which the tool runs. */
  files: readonly string[];
  /** Key of `package.json` that holds configuration too. */
  packageKey?: string;
}

/** The configuration of a test runner, compiler, linter or build tool by the name of its program; null for others. */
export function runnerConfig(program: string): RunnerConfig | null {
  return CONFIGS.get(program) ?? null;
}

const JAVASCRIPT = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

function withEndings(name: string, endings: readonly string[]): string[] {
  return endings.map((ending) => `${name}.${ending}`);
}

const PYTEST = {
  files: ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg', 'conftest.py'],
};
const MAKE = { files: ['GNUmakefile', 'makefile', 'Makefile'] };
const GRADLE = {
  files: ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.properties'],
};
const TYPESCRIPT = { files: ['tsconfig.json'] };

/** From the documentation of each tool. Whatever else a tool reads, the command has to name it to be found. */
const CONFIGS: ReadonlyMap<string, RunnerConfig> = new Map<string, RunnerConfig>([
  [
    'vitest',
    {
      files: [
        ...withEndings('vitest.config', JAVASCRIPT),
        ...withEndings('vite.config', JAVASCRIPT),
        ...withEndings('vitest.workspace', ['ts', 'js', 'json']),
      ],
    },
  ],
  ['jest', { files: withEndings('jest.config', [...JAVASCRIPT, 'json']), packageKey: 'jest' }],
  [
    'mocha',
    { files: withEndings('.mocharc', ['js', 'cjs', 'json', 'jsonc', 'yaml', 'yml']), packageKey: 'mocha' },
  ],
  ['ava', { files: withEndings('ava.config', ['js', 'cjs', 'mjs']), packageKey: 'ava' }],
  ['tap', { files: ['.taprc'], packageKey: 'tap' }],
  ['playwright', { files: withEndings('playwright.config', JAVASCRIPT) }],
  ['cypress', { files: withEndings('cypress.config', JAVASCRIPT) }],
  ['bun', { files: ['bunfig.toml'] }],
  ['deno', { files: ['deno.json', 'deno.jsonc'] }],
  ['tsc', TYPESCRIPT],
  ['vue-tsc', TYPESCRIPT],
  [
    'eslint',
    {
      files: [
        ...withEndings('eslint.config', JAVASCRIPT),
        ...withEndings('.eslintrc', ['js', 'cjs', 'json', 'yaml', 'yml']),
        '.eslintrc',
        '.eslintignore',
      ],
      packageKey: 'eslintConfig',
    },
  ],
  ['biome', { files: ['biome.json', 'biome.jsonc'] }],
  ['oxlint', { files: ['.oxlintrc.json'] }],
  ['pytest', PYTEST],
  ['py.test', PYTEST],
  ['tox', { files: ['tox.ini', 'tox.toml', 'pyproject.toml', 'setup.cfg'] }],
  ['nox', { files: ['noxfile.py'] }],
  ['ruff', { files: ['ruff.toml', '.ruff.toml', 'pyproject.toml'] }],
  ['mypy', { files: ['mypy.ini', '.mypy.ini', 'pyproject.toml', 'setup.cfg'] }],
  ['make', MAKE],
  ['gmake', MAKE],
  ['just', { files: ['justfile', 'Justfile', '.justfile'] }],
  ['cargo', { files: ['Cargo.toml', '.cargo/config.toml', '.config/nextest.toml'] }],
  ['go', { files: ['go.mod'] }],
  ['gradle', GRADLE],
  ['gradlew', GRADLE],
  ['mvn', { files: ['pom.xml'] }],
  ['mvnw', { files: ['pom.xml'] }],
  ['rake', { files: ['Rakefile', 'rakefile', 'Rakefile.rb'] }],
  ['rspec', { files: ['.rspec', 'spec/spec_helper.rb'] }],
  ['phpunit', { files: ['phpunit.xml', 'phpunit.xml.dist'] }],
  ['ctest', { files: ['CMakeLists.txt'] }],
]);
