import { detectValidator } from '../options/detectValidator.ts';
import { hasTestScript, readPackageManifest } from '../options/packageManifest.ts';
import { missingProgram } from '../validator/validatorProgram.ts';
import type { LoopEnd } from './endLoop.ts';
import type { LoopRequest } from './loopContext.ts';

/** The validator of a loop, or why the loop ends without one. */
export type ValidatorChoice = ChosenValidator | { end: LoopEnd };

export interface ChosenValidator {
  /** Shell text; null: none. */
  validator: string | null;
  /** Why it was chosen; null when it was asked for. */
  reason: string | null;
}

/** @param validator shell text, `auto` or `none` */
export async function chooseValidator(repoRoot: string, validator: string): Promise<ValidatorChoice> {
  if (validator === 'none') return { validator: null, reason: null };
  if (validator !== 'auto') return { validator, reason: null };
  const detection = await detectValidator(repoRoot);
  if (detection.kind === 'selected') return { validator: detection.command, reason: detection.reason };
  const candidates = detection.kind === 'ambiguous' ? detection.candidates : [];
  const manifest = detection.kind === 'missing' ? await readPackageManifest(repoRoot) : null;
  const hasScript = manifest !== null && hasTestScript(manifest);
  return { end: { status: 'no_validator', candidates, hasTestScript: hasScript } };
}

/**
 * Looks for what is certain to be wrong with a validator before an agent has worked for hours: `isMissing` when its
 * program cannot be run, and the agent can do nothing about it; `warnings`, one line each, about what it can help.
 */
export async function checkValidator(
  { repoRoot, env }: Pick<LoopRequest, 'repoRoot' | 'env'>,
  validator: string | null,
): Promise<{ isMissing: boolean; warnings: string[] }> {
  if (validator === null) return { isMissing: false, warnings: [] };
  const missing = await missingProgram(validator, repoRoot, env);
  if (missing?.mayAppear === false) return { isMissing: true, warnings: [] };
  const warnings =
    missing === null ? [] : [`warning: the validator's program ${missing.program} is not there yet`];
  if (RUNS_TEST_SCRIPT.test(validator)) {
    const manifest = await readPackageManifest(repoRoot);
    if (manifest !== null && !hasTestScript(manifest))
      warnings.push('warning: package.json has no test script');
  }
  return { isMissing: false, warnings };
}

/** `bun test` is a runner of its own and needs no script. */
const RUNS_TEST_SCRIPT = /^\s*(?:npm|pnpm|yarn)\s+test\s*$/;
