import { expect, test } from 'vitest';
import { EXIT, EXIT_CODES } from '../../src/cli/exitCodes.ts';

test('the table explains every code once, in order', () => {
  const codes = EXIT_CODES.map(({ code }) => code);
  expect(codes).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  expect(new Set(EXIT_CODES.map(({ name }) => name)).size).toBe(codes.length);
});

test('the numbers that others rely on', () => {
  expect(EXIT).toEqual({
    ok: 0,
    runFailed: 1,
    usage: 64,
    damaged: 65,
    notFound: 66,
    internal: 70,
    cannotWrite: 73,
    busy: 75,
    refused: 77,
    config: 78,
    interrupted: 130,
    terminated: 143,
  });
});
