/** The code of a Node errno error (`ENOENT`, …), or an empty string for anything else that was thrown. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
