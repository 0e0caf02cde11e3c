import { completionScript } from '../completion/scripts.ts';
import type { CliContext } from '../context.ts';
import { SHELLS, type CompletionOptions } from './definitions/completion.ts';

/** Prints the completion script of a shell. */
export async function runCompletion({ shell }: CompletionOptions, { stdout }: CliContext): Promise<void> {
  const known = SHELLS.find((name) => name === shell);
  if (known !== undefined) stdout.write(completionScript(known));
}
