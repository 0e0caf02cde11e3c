import { detectValidator } from '../../rlm/options/detectValidator.ts';
import type { RawLoopOptions } from '../../rlm/options/rawOptions.ts';
import { readOptions } from '../../rlm/options/readOptions.ts';
import type { LoopConfig } from '../../config/types.ts';
import type { CliContext } from '../context.ts';
import { chooseValidator, isInteractive } from './chooseValidator.ts';

/**
 * Where somebody sits at the terminal and detection alone cannot tell the validator, asks for it. Resolves with the
 * flags, the choice among them. Throws the failures of the choice.
 */
export async function offerValidators(
  context: CliContext,
  repoRoot: string,
  flags: RawLoopOptions,
  config: LoopConfig | null,
): Promise<RawLoopOptions> {
  if (!isInteractive(context.env, process.stdin)) return flags;
  const read = readOptions({ flags, env: context.env, config });
  // Wrong options are told by the loop itself, so that they stand in its state.
  if (!read.ok || read.options.validator !== 'auto') return flags;
  const detection = await detectValidator(repoRoot);
  if (detection.kind === 'selected') return flags;
  return { ...flags, validator: await chooseValidator(detection, context) };
}
