import { errorCode } from '../../storage/errorCode.ts';

/** Node puts this character in place of bytes that are not UTF-8, so that what has such a name cannot be opened. */
const UNNAMEABLE = '\uFFFD';

/** Whether an error says that something has vanished, rather than that it cannot be reached by its name. */
export function isGone(error: unknown, name: string): boolean {
  const code = errorCode(error);
  return (code === 'ENOENT' || code === 'ENOTDIR') && !name.includes(UNNAMEABLE);
}
