import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildConfig } from '../../src/config/buildConfig.ts';
import { checkShape } from '../../src/config/checkShape.ts';
import { isTable } from '../../src/config/jsonValue.ts';
import { matchesSchema } from '../../src/config/matchesSchema.ts';
import type { ConfigFile } from '../../src/config/schema.ts';
import { bareSchema } from '../../tools/schema.ts';
import { graphCases } from './graphCases.ts';
import { loopCases } from './loopCases.ts';
import { referenceCases } from './referenceCases.ts';
import { shapeCases } from './shapeCases.ts';

const schema = bareSchema();
const matches = (document: unknown): document is ConfigFile => matchesSchema(document, schema);

/** Something of everything that a file may have. */
const WHOLE = {
  $schema: 's',
  defaultPipeline: 'a',
  concurrency: 2,
  pipelines: [
    {
      id: 'a',
      title: 'A',
      description: 'd',
      tags: ['t'],
      guardrailsRequired: false,
      concurrency: 1024,
      stages: [
        {
          kind: 'command',
          id: 'x',
          title: 'X',
          command: 'ls',
          cwd: 'sub',
          env: { A: 'a', N: 1.5, B: true },
          allowFailure: true,
          summaryHint: 'hint',
          timeoutSeconds: 0.5,
          retries: 10,
          session: { id: 's', reuse: true, persist: false },
          plan: { runnable: false, default: true, aliases: ['y'], requires_cloud: true },
          cache: { inputs: ['src/**'], outputs: [], env: ['CI'] },
        },
        { kind: 'subpipeline', id: 'y', pipeline: 'b', optional: true, needs: ['x'], mode: 'm' },
        { kind: 'stage-set', ref: 'set' },
      ],
    },
  ],
  stageSets: { set: [{ kind: 'command', id: 'z', command: 'ls' }], none: [] },
  rlm: {
    agent: 'command',
    maxIterations: 'unlimited',
    maxMinutes: 0.5,
    roles: 'triad',
    protect: ['test/**'],
  },
};

/** What is built from a text at first sight, and what by the validator if it finds nothing at all; null otherwise. */
function built(text: string) {
  const document: unknown = JSON.parse(text);
  const { value, findings } = checkShape(JSON.parse(text));
  // The validator passes over this key: what it returns is then not what is written.
  const isFine = findings.length === 0 && !text.includes('"__proto__":');
  return {
    atFirstSight: matches(document) ? buildConfig(document) : null,
    byValidator: isFine && value !== null ? buildConfig(value) : null,
  };
}

test('a document that has everything is right at first sight', () => {
  const { atFirstSight, byValidator } = built(JSON.stringify(WHOLE));
  expect(atFirstSight?.pipelines[0]?.stages).toHaveLength(3);
  expect(atFirstSight).toEqual(byValidator);
});

test.each([...shapeCases, ...referenceCases, ...graphCases, ...loopCases])('$name', ({ input }) => {
  const { atFirstSight, byValidator } = built(input);
  expect(atFirstSight).toEqual(byValidator);
});

interface Edit {
  /** Which of the values of the document, in the order in which JSON has them; counted round and round. */
  place: number;
  way: 'replace' | 'add' | 'remove';
  /** Of what is added to an object. */
  key: string;
  value: unknown;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  place: fc.nat(),
  way: fc.constantFrom('replace', 'add', 'remove'),
  key: fc.constantFrom('id', 'kind', 'stages', 'env', '__proto__', 'toString', 'other'),
  value: fc.oneof(
    fc.constantFrom<unknown>('', 'command', 'subpipeline', 'codex', 'unlimited', true, null, [], {}, ['']),
    fc.constantFrom(0, 0.5, 1, 11, 1025, -1, 1e9, 2_147_484, 1e15, 2 ** 53),
    fc.jsonValue({ maxDepth: 2 }),
  ),
});

test('a document that differs from a right one anywhere is judged as the validator judges it', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 2 }), (edits) => {
      const { atFirstSight, byValidator } = built(edits.reduce(edited, JSON.stringify(WHOLE)));
      expect(atFirstSight).toEqual(byValidator);
    }),
    { numRuns: 400 },
  );
});

function edited(text: string, { place, way, key, value }: Edit): string {
  const document: unknown = JSON.parse(text);
  let count = 0;
  JSON.stringify(document, (_, member: unknown) => {
    count += 1;
    return member;
  });
  let left = place % count;
  const result = JSON.stringify(document, (_, member: unknown) => {
    left -= 1;
    if (left !== -1) return member;
    if (way === 'remove') return undefined;
    if (way === 'add' && Array.isArray(member)) return [...(member as unknown[]), value];
    // Spelt like this, `__proto__` becomes a key, as it is one in JSON.
    return way === 'add' && isTable(member) ? { ...member, [key]: value } : value;
  });
  return result ?? 'null';
}

test('an open range ends before its limit', () => {
  expect([0, 0.1].map((value) => matchesSchema(value, { exclusiveMinimum: 0 }))).toEqual([false, true]);
});

describe('no is the answer where it cannot know', () => {
  test.each([
    ['a keyword it has no check for', '1', { pattern: '1' }],
    ['a key that validators pass over', '{"__proto__": 1}', { type: 'object' }],
    ['a number that is none', '1e999', { type: 'number' }],
    ['a type it does not know', 'null', { type: 'null' }],
  ])('%s', (_, text, of) => {
    expect(matchesSchema(JSON.parse(text), { ...of, additionalProperties: {} })).toBe(false);
  });
});
