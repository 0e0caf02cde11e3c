import { expect, it } from 'vitest';
import { historySection } from '../../../src/rlm/prompt/historySection.ts';
import { pastIteration } from './samplePrompt.ts';

const section = (count: number, overrides?: Parameters<typeof pastIteration>[1]): string =>
  historySection(Array.from({ length: count }, (_, at) => pastIteration(at + 1, overrides))) ?? '';

it('is nothing in the first iteration', () => {
  expect(historySection([])).toBeNull();
});

it('tells the last ten in full and older ones in one line', () => {
  const text = section(12);
  expect(text).toContain(
    'history\nIteration 1 (validator exit code 1): did part 1\nIteration 2 (validator exit code 1): did part 2\nIteration 3 (validator exit code 1)\n  Summary: did part 3\n  Next: do part 4\n',
  );
  expect(text.match(/ {2}Summary: /g)).toHaveLength(10);
});

it('says what an iteration lacks', () => {
  const bare = { summary: null, next: null, validatorExitCode: null, diffSummary: 'no changes' };
  expect(section(1, { ...bare, agentEnded: 'timed-out' })).toContain(
    '\nIteration 1 (agent stopped at its time limit, validator did not run)\n  Summary: (none given)\n  Changed:\n    no changes\n```',
  );
  expect(section(1, { ...bare, agentEnded: 'out-of-tokens' })).toContain(
    '(agent stopped at its token limit, ',
  );
});

it('stays short, whatever was said, and prefers the newest', () => {
  for (const overrides of [
    {},
    { summary: 'long '.repeat(200), next: 'longer '.repeat(200), diffSummary: 'x\n'.repeat(900) },
  ]) {
    const text = section(500, overrides);
    expect(text.length).toBeLessThan(6500);
    expect(text).toContain('Iteration 500 (validator exit code 1)\n  Summary: ');
    expect(text).toMatch(/history\n\(\d+ older iterations left out\)\nIteration \d+ \(/);
  }
});
