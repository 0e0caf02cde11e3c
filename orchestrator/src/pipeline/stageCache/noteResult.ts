import { missFacts } from '../../cache/missFacts.ts';
import { writeStageNote } from '../../cache/stageNote.ts';
import type { StoredOutput } from '../../cache/store/entryDocument.ts';
import { outputMark } from '../../cache/store/staleOutputs.ts';
import { type CachedStageRequest, noteFile } from './cachedStageRequest.ts';
import type { KnownLook } from './lookAtStage.ts';

/**
 * Notes whose outputs lie in this checkout now.
 *
 * @throws the errno error of the file system
 */
export function noteResult(
  request: CachedStageRequest,
  { key, facts, inputs }: KnownLook,
  outputs: readonly StoredOutput[],
): void {
  const marks = Object.fromEntries(outputs.map((output) => [output.path, outputMark(output)]));
  writeStageNote(noteFile(request), { key, facts: missFacts(facts, inputs.files), outputs: marks });
}
