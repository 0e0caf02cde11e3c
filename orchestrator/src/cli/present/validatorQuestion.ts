import type { ValidatorDetection } from '../../rlm/options/detectValidator.ts';
import { printable } from './printable.ts';
import { renderTable } from './table.ts';

const ENTER = 'Enter: none, nothing will prove the goal';

/** What is asked on the terminal when detection alone cannot tell the validator. Ends where the answer begins. */
export function validatorQuestion(detection: Exclude<ValidatorDetection, { kind: 'selected' }>): string {
  if (detection.kind === 'missing') {
    return [
      'The loop goes on until a command, the validator, exits 0. None was found here.',
      `Command (${ENTER}): `,
    ].join('\n');
  }
  const { candidates } = detection;
  const rows = candidates.map(({ command, reason }, index) => [
    String(index + 1),
    printable(command),
    printable(reason),
  ]);
  return [
    'The loop goes on until a command, the validator, exits 0. Several could be it:',
    ...renderTable([...rows, ['n', 'none', 'it goes on until its budget is used up']]),
    `Which one, 1 to ${candidates.length} (${ENTER})? `,
  ].join('\n');
}
