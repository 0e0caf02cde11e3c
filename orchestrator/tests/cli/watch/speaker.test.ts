import { expect, test } from 'vitest';
import type { Look } from '../../../src/cli/watch/ground.ts';
import { createSpeaker } from '../../../src/cli/watch/speaker.ts';
import { FailureError } from '../../../src/failure.ts';

test('trouble is told once for as long as it lasts', () => {
  const told: string[] = [];
  const stdout = { write: () => true };
  const stderr = { write: (text: string | Uint8Array) => told.push(String(text)) };
  const context = { argv: [], env: {}, cwd: '/', stdout, stderr, now: () => new Date() };
  const speaker = createSpeaker(context, true);
  const look = (trouble: string | null): Look => ({
    lists: new Map(),
    config: null,
    limit: null,
    trouble: trouble === null ? null : new FailureError({ kind: 'git-failed', message: trouble }),
  });
  for (const trouble of [null, 'one', 'one', 'two', null, 'two']) speaker.trouble(look(trouble));
  expect(told.map((text) => /(one|two)/.exec(text)?.[0])).toEqual(['one', 'two', 'two']);
});
