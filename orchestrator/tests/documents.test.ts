import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { EXIT_CODES, LOOP_EXIT_CODES } from '../src/cli/exitCodes.ts';
import { COMMANDS } from '../src/cli/registry.ts';
import { knownKeys } from '../src/config/schema.ts';
import { PACKAGE_ROOT } from '../tools/bundle.ts';

function read(file: string): Promise<string> {
  return readFile(path.join(PACKAGE_ROOT, file), 'utf8');
}

const visible = COMMANDS.map(({ definition }) => definition).filter(
  (definition) => definition.isHidden !== true,
);

it('docs/cli.md names every command, flag and exit code', async () => {
  const text = await read('docs/cli.md');
  const flags = visible.flatMap(({ options }) =>
    Object.values(options).flatMap(
      ({ flags: spelled, negation }) => `${spelled} ${negation?.flags ?? ''}`.match(/--[a-z-]+/g) ?? [],
    ),
  );
  const words = [
    ...visible.map(({ name }) => name),
    ...flags,
    ...[...EXIT_CODES, ...LOOP_EXIT_CODES].map(({ code }) => String(code)),
  ];
  expect(
    [...new Set(words)].filter((word) => !new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text)),
  ).toEqual([]);
});

it('docs/configuration.md names every field', async () => {
  const text = await read('docs/configuration.md');
  // Other spellings of a field are for files that exist already; the schema has them all.
  const synonyms = new Set([
    'default',
    'primary',
    'requires_cloud',
    'execution_mode',
    'mode',
    '$schema',
    'pipelines',
  ]);
  const { session: _session, ...described } = knownKeys;
  const fields = Object.values(described).flat();
  expect(fields.filter((field) => !synonyms.has(field) && !text.includes(`\`${field}`))).toEqual([]);
});

it('README holds the two commands that CI runs', async () => {
  const readme = await read('README.md');
  const ci = await read('.ci/run');
  for (const command of ['npm ci && npx codex-orchestrator start diagnostics', 'npm ci && npm test']) {
    expect(readme).toContain(command);
    expect(ci).toContain(command);
  }
});
