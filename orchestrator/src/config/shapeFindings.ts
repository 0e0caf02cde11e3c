import type * as core from 'zod/v4/core';
import type { Finding } from './finding.ts';
import { hasKey, isTable, type JsonPath, tableIn, textIn, valueAt } from './jsonValue.ts';
import { nearestWord } from './nearestWord.ts';
import { knownKeys } from './schema.ts';
import { quote, quotedList } from './words.ts';

/** Keys of parts that exist in other orchestrators and are not carried over here: accepted, without effect. */
const NOT_CARRIED_OVER = /^(?:tfgrpo|learning|experience|prompt_?packs?$|design|cloud_?sync|instruction)/i;

const SET_KINDS = ['command', 'subpipeline'];
const STAGE_KINDS = [...SET_KINDS, 'stage-set'];

/** Says the issues that the validator found: wrong values are errors, unknown keys warnings. */
export function shapeFindings(document: unknown, issues: readonly core.$ZodIssue[]): Finding[] {
  const findings: Finding[] = [];
  const withoutEffect: JsonPath[] = [];
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code !== 'unrecognized_keys') {
      findings.push({ path, severity: 'error', ...wrongValue(issue, path, document) });
      continue;
    }
    for (const name of issue.keys) {
      if (NOT_CARRIED_OVER.test(name)) withoutEffect.push([...path, name]);
      else findings.push(unknownKey(name, path, valueAt(document, path)));
    }
  }
  const [first] = withoutEffect;
  if (first) {
    const names = new Set(withoutEffect.map((path) => quote(String(path.at(-1)))));
    const found = `found settings of parts that this tool does not have, which are ignored: ${[...names].join(', ')}`;
    findings.push({ path: first, atKey: true, severity: 'warning', found });
  }
  return findings;
}

type Said = Pick<Finding, 'found' | 'expected' | 'suggestion'>;

function wrongValue(issue: core.$ZodIssue, path: JsonPath, document: unknown): Said {
  const owner = valueAt(document, path.slice(0, -1));
  const name = path.at(-1);
  const isMissing = typeof name === 'string' && !hasKey(owner, name);
  const found = isMissing ? `found no ${quote(name)}` : `found ${described(valueAt(document, path))}`;
  if (issue.code === 'invalid_union' && name === 'kind') return wrongKind(found, path, owner);
  const expected = `expected ${expectation(issue)}`;
  if (issue.code !== 'invalid_value') return { found, expected };
  const word = textIn(valueAt(document, path));
  const words = issue.values.map(String);
  return { found, expected, suggestion: word === undefined ? undefined : nearestWord(word, words) };
}

function wrongKind(found: string, path: JsonPath, stage: unknown): Said {
  const kind = textIn(tableIn(stage)['kind']);
  const isInSet = path[0] === 'stageSets';
  const kinds = isInSet ? SET_KINDS : STAGE_KINDS;
  const expected = `expected ${quotedList(kinds)}`;
  if (isInSet && kind === 'stage-set') return { found: 'found a stage set inside a stage set', expected };
  return {
    found,
    expected,
    suggestion: kind === undefined ? kindByKeys(stage) : nearestWord(kind, kinds),
  };
}

/** A stage without a kind mostly says by its other keys what it was meant to be. */
function kindByKeys(stage: unknown): string | undefined {
  if (hasKey(stage, 'command')) return 'command';
  if (hasKey(stage, 'pipeline')) return 'subpipeline';
  return hasKey(stage, 'ref') ? 'stage-set' : undefined;
}

function unknownKey(name: string, path: JsonPath, owner: unknown): Finding {
  const free = keysAt(path, owner).filter((key) => !hasKey(owner, key));
  const suggestion = nearestWord(name, free);
  return {
    path: [...path, name],
    atKey: true,
    severity: 'warning',
    found: `found the unknown key ${quote(name)}, which is ignored`,
    expected: suggestion === undefined && free.length > 0 ? `expected ${quotedList(free)}` : '',
    suggestion,
  };
}

/** The known keys of the object at `path`; objects with free keys never have unknown ones. */
function keysAt(path: JsonPath, owner: unknown): readonly string[] {
  const last = path.at(-1);
  if (last === undefined) return knownKeys.config;
  if (last === 'plan' || last === 'session' || last === 'cache') return knownKeys[last];
  if (path[0] === 'rlm') return knownKeys.rlm;
  if (path[0] === 'pipelines' && path.length === 2) return knownKeys.pipeline;
  const kind = textIn(tableIn(owner)['kind']);
  return kind === 'subpipeline' || kind === 'stage-set' ? knownKeys[kind] : knownKeys.command;
}

function expectation(issue: core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS[issue.expected] ?? issue.expected;
    case 'too_small':
      if (issue.origin === 'string') return 'a non-empty string';
      if (issue.origin === 'array') return 'a list that is not empty';
      return `a number ${issue.inclusive === true ? 'of at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return `a number of at most ${issue.maximum}`;
    case 'invalid_value':
      return quotedList(issue.values.map(String));
    default:
      return issue.message;
  }
}

const TYPE_WORDS: Partial<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
};

function described(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'an array';
  return isTable(value) ? 'an object' : String(value);
}
