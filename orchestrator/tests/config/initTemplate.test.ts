import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { initTemplate, type InitTemplate } from '../../src/config/initTemplate.ts';
import { CONFIG_FILE, loadConfig } from '../../src/config/loadConfig.ts';
import { onlyBin, tempRepo } from './tempRepo.ts';

async function templateFor(root: string): Promise<InitTemplate> {
  const result = await initTemplate(root, onlyBin(root));
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.template;
}

test('the text is what is detected, with the schema of the published package', async () => {
  const root = await tempRepo({
    'package.json': '{ "scripts": { "build": "x", "test": "y" } }',
    'yarn.lock': '',
  });
  const template = await templateFor(root);
  expect(template.text).toBe(`{
  "$schema": "https://unpkg.com/codex-orchestrator/schemas/codex.orchestrator.schema.json",
  "defaultPipeline": "diagnostics",
  "pipelines": [
    {
      "id": "diagnostics",
      "title": "Diagnostics",
      "guardrailsRequired": false,
      "stages": [
        {
          "kind": "command",
          "id": "build",
          "title": "Build",
          "command": "yarn run build"
        },
        {
          "kind": "command",
          "id": "test",
          "title": "Test",
          "command": "yarn run test"
        }
      ]
    }
  ]
}
`);
  expect(template.isDetected).toBe(true);
  expect(template.reasons.map(({ stageId }) => stageId)).toEqual(['build', 'test']);
});

test.each([
  ['devDependencies', { devDependencies: { 'codex-orchestrator': '^0.1.0' } }],
  ['dependencies', { dependencies: { 'codex-orchestrator': '^0.1.0' } }],
])('in %s, the installed schema is used', async (_, manifest) => {
  const root = await tempRepo({ 'package.json': JSON.stringify(manifest) });
  expect(JSON.parse((await templateFor(root)).text)).toHaveProperty(
    '$schema',
    './node_modules/codex-orchestrator/schemas/codex.orchestrator.schema.json',
  );
});

test('the repository of this package uses its own schema', async () => {
  const root = await tempRepo({ 'package.json': '{ "name": "codex-orchestrator" }' });
  expect(JSON.parse((await templateFor(root)).text)).toHaveProperty(
    '$schema',
    './schemas/codex.orchestrator.schema.json',
  );
});

test('the written file runs what would run without it', async () => {
  const root = await tempRepo({
    'package.json': '{ "scripts": { "build": "x", "spec-guard": "y" } }',
    'go.mod': 'module x\n',
  });
  const detected = await loadConfig(root, onlyBin(root));
  await writeFile(path.join(root, CONFIG_FILE), (await templateFor(root)).text);
  const written = await loadConfig(root, onlyBin(root));
  if (!detected.ok || !written.ok) throw new Error('both have to load');
  expect(written.loaded).toMatchObject({ source: 'user', warnings: [] });
  expect(written.loaded.config.pipelines[0]?.stages).toEqual(detected.loaded.config.pipelines[0]?.stages);
});

test('where nothing is detected the text is an example that says so and is valid', async () => {
  const root = await tempRepo();
  const template = await templateFor(root);
  expect(template).toMatchObject({ isDetected: false, reasons: [] });
  await writeFile(path.join(root, CONFIG_FILE), template.text);
  const result = await loadConfig(root);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  expect(result.loaded.warnings).toEqual([]);
  const [pipeline] = result.loaded.config.pipelines;
  expect(pipeline?.title).toBe('Example: put the commands of this repository in place of these');
  expect(pipeline?.stages.map(({ id }) => id)).toEqual(['build', 'test']);
});

test('a file that cannot be read is a failure, not an example', async () => {
  const root = await tempRepo({ 'package.json': '{' });
  expect(await initTemplate(root)).toMatchObject({
    ok: false,
    failure: { kind: 'invalid-config', file: 'package.json' },
  });
});
