import { errorCode } from '../../storage/errorCode.ts';

const CODES = new Set(['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY']);

/**
 * Whether an error says that there is a folder in the place of a file, or the other way round. In the place of what is
 * derived this is no more than damage: it can be made anew. Pure.
 */
export function isInTheWay(error: unknown): boolean {
  return CODES.has(errorCode(error));
}
