import { appendFileSync } from 'node:fs';
import { exitCodeOf } from '../../../../src/cli/exitCodes.ts';
import { chooseValidator, isInteractive } from '../../../../src/cli/rlm/chooseValidator.ts';
import { FailureError } from '../../../../src/failure.ts';

/** Asks on the terminal it runs on, and leaves what came of it in the file that its argument names. */
const [, , file = ''] = process.argv;
const tell = (fact: object) => appendFileSync(file, `${JSON.stringify(fact)}\n`);
const candidates = [
  { command: 'npm test', reason: 'node: package-lock.json' },
  { command: 'cargo test', reason: 'rust: Cargo.toml' },
];

tell({ interactive: isInteractive(process.env, process.stdin) });
try {
  tell({ validator: await chooseValidator({ kind: 'ambiguous', candidates }, process) });
} catch (error) {
  if (!(error instanceof FailureError)) throw error;
  tell({ kind: error.failure.kind, exitCode: exitCodeOf(error.failure) });
}
