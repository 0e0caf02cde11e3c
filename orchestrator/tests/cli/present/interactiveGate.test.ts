import { expect, test } from 'vitest';
import { interactiveGate, type GateInput } from '../../../src/cli/present/interactiveGate.ts';

const OPEN: GateInput = {
  requested: true,
  disabled: false,
  format: 'text',
  stdoutIsTty: true,
  stderrIsTty: true,
  env: { CI: '', TERM: 'xterm-256color' },
};

test.each<[string | null, Partial<GateInput>]>([
  ['not requested', { requested: false, disabled: true, format: 'json' }],
  ['flagged off', { disabled: true, format: 'json' }],
  ['json format requested', { format: 'json', stdoutIsTty: false }],
  ['non-tty output streams', { stdoutIsTty: false, env: { TERM: 'dumb' } }],
  ['non-tty output streams', { stderrIsTty: false }],
  ['TERM=dumb', { env: { TERM: 'DUMB', CI: 'true' } }],
  ['CI detected', { env: { CI: 'yes' } }],
  [null, {}],
  [null, { env: { CI: 'TRUE' } }],
])('%s', (reason, change) => {
  expect(interactiveGate({ ...OPEN, ...change })).toEqual({ enabled: reason === null, reason });
});
