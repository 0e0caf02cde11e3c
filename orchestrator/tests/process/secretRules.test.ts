import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../src/process/growingBuffer.ts';
import { findSecret, matchSecretRule } from '../../src/process/secretRules.ts';

const find = (bytes: Buffer) => findSecret(bytes, viewOf(bytes));
const findIn = (text: string) => find(Buffer.from(text))?.rule ?? null;

describe('the rules', () => {
  it.each([
    ['password: hunter22', 'sensitive-token'],
    ['PassWord=hunter22', 'sensitive-token'],
    ['my_secret \t= \n abcdef', 'sensitive-token'],
    ['api_key=abcdef', 'sensitive-token'],
    ['api-key=abcdef', 'sensitive-token'],
    ['APIKEY:abcdef', 'sensitive-token'],
    ['"token": x', null],
    ['token:\u00a0abcdef', 'sensitive-token'],
    ['token\u3000:abcdef', 'sensitive-token'],
    ['token: abcde', null],
    ['token abcdef', null],
    ['key=abcdef', null],
    ['api key=abcdef', null],
    ['AKIA0123456789ABCDEF', 'sensitive-token'],
    ['akia0123456789abcdef', null],
    ['AKIA0123456789ABCDE', null],
    ['-----BEGIN PRIVATE KEY-----', 'private-key'],
    ['-----------begin rsa private key-----', 'private-key'],
    ['-----BEGIN EC PRIVATE KEY-----', 'private-key'],
    ['-----BEGIN DSA PRIVATE KEY-----', null],
    ['-----BEGIN CERTIFICATE-----', null],
    ['token: abcdef -----BEGIN PRIVATE KEY-----', 'private-key'],
    ['', null],
  ])('%j → %s', (text, rule) => {
    expect(matchSecretRule(text)?.rule ?? null).toBe(rule);
    expect(findIn(text)).toBe(rule);
  });

  it('block private keys and redact the rest', () => {
    expect(matchSecretRule('-----BEGIN PRIVATE KEY-----')?.action).toBe('block');
    expect(matchSecretRule('token=abcdef')?.action).toBe('redact');
  });
});

it('finds the same in bytes as the plain rules find in their text', () => {
  const words = [
    'secret',
    'PASSWORD',
    'Api',
    'key',
    '_',
    '-',
    'token',
    'toKen',
    'AKIA',
    'BEGIN',
    'RSA',
    'PRIVATE',
  ];
  const joints = [':', '=', ' ', '\n', '\t', '\u00a0', '\u3000', '\ufeff', '-----', ' KEY-----', '€', '😀'];
  const values = ['abcdef', 'abc', '0123456789ABCDEF', 'x', '{"', '::', '"'];
  const piece = fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(...joints),
    fc.constantFrom(...values),
    fc.string({ maxLength: 6 }),
  );
  const text = fc.array(piece, { maxLength: 24 }).map((pieces) => Buffer.from(pieces.join('')));
  const binary = fc
    .array(fc.oneof(text, fc.uint8Array({ maxLength: 4 })), { maxLength: 6 })
    .map((parts) => Buffer.concat(parts));
  let found = 0;
  fc.assert(
    fc.property(fc.oneof(text, binary), (bytes) => {
      const expected = matchSecretRule(bytes.toString('utf8'));
      if (expected !== null) found += 1;
      expect(find(bytes)).toEqual(expected);
    }),
    { numRuns: 5000 },
  );
  expect(found).toBeGreaterThan(100);
});

it('looks only at the given bytes, not at what else lies in the memory', () => {
  const memory = Buffer.from('harmless token: abcdef');
  expect(findSecret(memory.subarray(0, 8), viewOf(memory))).toBeNull();
  expect(findSecret(memory.subarray(0, 18), viewOf(memory))).toBeNull();
  expect(findSecret(memory, viewOf(memory))?.rule).toBe('sensitive-token');
});
