/**
 * Puts the path into an error of the file system that lacks it, as those of calls on a descriptor do: whoever reads
 * "the disk is full" needs to know which. Returns the error.
 */
export function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  if (!('path' in error) || error.path === undefined) Object.assign(error, { path });
  return error;
}
