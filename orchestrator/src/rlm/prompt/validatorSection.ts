import type { ValidatorFeedback } from '../validator/feedback.ts';
import { fenced } from './fence.ts';

/** What decides whether the goal is reached, and what it said last. */
export function validatorSection(validator: string | null, feedback: ValidatorFeedback | null): string {
  if (validator === null) {
    return [
      '# Validator',
      'There is none: nothing checks your work but you. Check it yourself before you finish.',
    ].join('\n\n');
  }
  return [
    '# Validator',
    'The goal counts as reached when this command exits with code 0:',
    fenced(validator, 'sh'),
    'The loop runs it after you have finished. Do not run it yourself as a whole; run what is smaller and faster. Do not change it, its tests or its configuration to make it pass, unless the goal asks for that.',
    ...(feedback === null ? [] : said(feedback)),
  ].join('\n\n');
}

function said(feedback: ValidatorFeedback): string[] {
  const { ended, firstErrors, end, bytes } = feedback;
  const what = `# The validator's last run\n\n${ENDINGS[ended](feedback)}`;
  if (bytes === 0) return [`${what} It printed nothing.`];
  if (end.trim() === '') return [`${what} It printed nothing but blanks and control characters.`];
  const whole = Buffer.byteLength(end) >= bytes;
  return [
    what,
    ...(firstErrors.length === 0
      ? []
      : [`First lines that look like errors:\n\n${fenced(firstErrors.join('\n'), 'output')}`]),
    `${whole ? 'Its output:' : `The end of its output (${bytes.toLocaleString('en')} bytes in all):`}\n\n${fenced(end, 'output')}`,
  ];
}

const ENDINGS: Record<ValidatorFeedback['ended'], (feedback: ValidatorFeedback) => string> = {
  exited: ({ exitCode, signal }) =>
    signal === null
      ? `It failed with exit code ${exitCode}.`
      : `It was ended by the signal ${signal}, which counts as a failure (exit code ${exitCode}).`,
  'timed-out': () =>
    'It took too long and was stopped at its time limit, which counts as a failure (exit code 1).',
  cancelled: () => 'It was interrupted before it could tell.',
};
