import { Command } from 'commander';
import { expect, test } from 'vitest';
import { rlmDefinition } from '../../../../src/cli/commands/definitions/rlm.ts';
import { loopOptions } from '../../../../src/cli/commands/definitions/loopOptions.ts';
import { toArgument, toOption } from '../../../../src/cli/parserParts.ts';
import { rawOptions } from '../../../../src/cli/rawOptions.ts';

/** What the command would get for these arguments. */
function optionsOf(...argv: string[]): Record<string, unknown> {
  const command = new Command('rlm');
  for (const spec of Object.values(rlmDefinition.arguments)) command.addArgument(toArgument(spec));
  for (const spec of Object.values(rlmDefinition.options)) command.addOption(toOption(spec));
  command.parse(argv, { from: 'user' });
  const raw = rawOptions(rlmDefinition, command);
  const specs = { ...rlmDefinition.arguments, ...rlmDefinition.options };
  return Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, spec.read(raw.get(key))]));
}

test('nothing', () => {
  const options = optionsOf();
  expect(options).toMatchObject({ goalWords: [], agentArgs: [], protect: [], format: 'text' });
  const texts = Object.keys(loopOptions).filter((key) => key !== 'agentArgs' && key !== 'protect');
  expect(texts.map((key) => options[key])).toEqual(texts.map(() => undefined));
});

test('a goal in several words, flags anywhere', () => {
  expect(optionsOf('fix', '--roles', 'triad', 'the tests', '--max-iterations=3')).toMatchObject({
    goalWords: ['fix', 'the tests'],
    goal: undefined,
    roles: 'triad',
    maxIterations: '3',
  });
});

test('a goal as a flag stays apart from the words', () => {
  expect(optionsOf('--goal', 'fix', 'more')).toMatchObject({ goal: 'fix', goalWords: ['more'] });
  expect(optionsOf('-')).toMatchObject({ goalWords: ['-'] });
  expect(optionsOf('--goal-file', '-')).toMatchObject({ goalFile: '-', goalWords: [] });
});

test('an argument of the agent may begin with a dash', () => {
  const options = optionsOf(
    '--agent-arg=-c',
    '--agent-arg',
    'x=y',
    '--agent-arg',
    '-c',
    'goal',
    '--agent-arg=',
  );
  expect(options).toMatchObject({ agentArgs: ['-c', 'x=y', '-c', ''], goalWords: ['goal'] });
});

test('wrong values arrive as they are', () => {
  const argv = [
    '--max-iterations',
    '-1',
    '--max-minutes',
    '',
    '--roles=quartet',
    '--agent',
    'x',
    '--protect',
    '',
  ];
  expect(optionsOf('g', ...argv)).toMatchObject({
    maxIterations: '-1',
    maxMinutes: '',
    roles: 'quartet',
    agent: 'x',
    protect: [''],
  });
});
