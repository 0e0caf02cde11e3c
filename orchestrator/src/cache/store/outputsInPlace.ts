import type { StoredOutput } from './entryDocument.ts';
import { Refusal } from './refusal.ts';
import { planRestore } from './restorePlan.ts';

/**
 * Whether all outputs are what they would be after a restore. Changes nothing.
 *
 * @param repoRoot absolute, free of symbolic links
 * @throws the errno error of the file system
 */
export async function outputsInPlace(outputs: readonly StoredOutput[], repoRoot: string): Promise<boolean> {
  try {
    return (await planRestore(outputs, repoRoot)).length === 0;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
