import { VERSION } from '../../version.ts';
import type { CliContext } from '../context.ts';

/** Prints the version. */
export async function runVersion({ stdout }: CliContext): Promise<void> {
  stdout.write(`${VERSION}\n`);
}
