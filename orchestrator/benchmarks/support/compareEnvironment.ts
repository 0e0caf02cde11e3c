const KEPT = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR'];

/**
 * The environment of every process that is measured: nothing that npm, a surrounding run or a CI system adds.
 * `NODE_EXTRA_CA_CERTS` is empty, because Node parses that bundle at every start, which costs more than all else
 * that is measured here.
 */
export function compareEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { NODE_EXTRA_CA_CERTS: '' };
  for (const name of KEPT) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
