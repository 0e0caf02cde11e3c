import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type JsonPath, listIn, type Table, tableIn, textIn, valueAt } from '../../src/config/jsonValue.ts';
import { schemaText } from '../../tools/schema.ts';

const PUBLISHED = new URL('../../../schemas/codex.orchestrator.schema.json', import.meta.url);
const TOOL = new URL('../../tools/schema.ts', import.meta.url);

const schema: unknown = JSON.parse(schemaText());
const PIPELINE: JsonPath = ['properties', 'pipelines', 'items'];
const STAGES: JsonPath = [...PIPELINE, 'properties', 'stages', 'items', 'oneOf'];
const SET_STAGES: JsonPath = ['properties', 'stageSets', 'additionalProperties', 'items', 'oneOf'];

test('the published schema is the one of the validator', async () => {
  expect(await readFile(PUBLISHED, 'utf8')).toBe(schemaText());
});

test('the check agrees', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(TOOL), '--check'],
    { encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('every property has a description for editors', () => {
  const objects = [
    schema,
    valueAt(schema, PIPELINE),
    valueAt(schema, ['properties', 'rlm']),
    ...Object.values(tableIn(valueAt(schema, ['definitions']))),
  ];
  const properties = objects.flatMap((object) => Object.entries(tableIn(tableIn(object)['properties'])));
  const undescribed = properties.filter(([, property]) => !descriptionOf(property).endsWith('.'));
  expect(properties.length).toBeGreaterThan(52);
  expect(undescribed.map(([name]) => name)).toEqual([]);
});

test.each([
  ['a pipeline', STAGES, ['command', 'subpipeline', 'stage-set']],
  ['a stage set', SET_STAGES, ['command', 'subpipeline']],
])('in %s, a stage is completed by its kind', (_, path, kinds) => {
  const stages = listIn(valueAt(schema, path)).map((stage) => resolved(stage));
  expect(stages.map((stage) => valueAt(stage, ['properties', 'kind', 'const']))).toEqual(kinds);
});

test.each([
  ['a pipeline', PIPELINE, ['id']],
  ['a command stage', ['definitions', 'commandStage'], ['kind', 'id', 'command']],
  ['a sub-pipeline stage', ['definitions', 'subpipelineStage'], ['kind', 'id', 'pipeline']],
  ['a stage-set reference', ['definitions', 'stageSetReference'], ['kind', 'ref']],
])('%s requires what the validator requires', (_, path, required) => {
  expect(valueAt(schema, path)).toMatchObject({ required, additionalProperties: false });
});

test('the document requires pipelines or settings of loops, like the validator', () => {
  expect(schema).toMatchObject({
    anyOf: [{ required: ['pipelines'] }, { required: ['rlm'] }],
    additionalProperties: false,
  });
});

/** Follows a reference to a definition; draft-07 wraps it where other keywords stand beside it. */
function resolved(value: unknown): Table {
  const reference = textIn(tableIn(value)['$ref']) ?? textIn(valueAt(value, ['allOf', 0, '$ref']));
  const name = reference?.replace('#/definitions/', '');
  return tableIn(name === undefined ? value : valueAt(schema, ['definitions', name]));
}

function descriptionOf(property: unknown): string {
  return textIn(tableIn(property)['description']) ?? textIn(resolved(property)['description']) ?? '';
}
