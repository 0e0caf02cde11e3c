import type Picomatch from 'picomatch';
import type { WorkspaceChanges } from '../workspace/workspace.ts';

/**
 * The paths among `files` that the globs protect, in their order.
 *
 * Globs are relative to the root of the repository, `./` or `/` before them or not; `*` also stands for names that
 * begin with a dot. What matches a folder protects all that lies below it. A glob with `!` before it makes exceptions.
 */
export async function protectedChanges(
  globs: readonly string[],
  files: WorkspaceChanges['files'],
): Promise<string[]> {
  if (globs.length === 0 || files.length === 0) return [];
  const { default: picomatch } = await import('picomatch');
  const isProtected = matcher(
    picomatch,
    globs.filter((glob) => !glob.startsWith('!')),
  );
  const isException = matcher(
    picomatch,
    globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1)),
  );
  return files.map((file) => file.path).filter((path) => isProtected(path) && !isException(path));
}

function matcher(picomatch: typeof Picomatch, globs: string[]): (path: string) => boolean {
  const paths = globs.map(fromRoot).filter((path) => path !== '');
  const matches = picomatch(
    paths.flatMap((path) => [path, `${path}/**`]),
    { dot: true },
  );
  // Names with brackets are common in some frameworks (`app/[id]/page.test.ts`) and not meant as patterns there.
  const isNamed = (path: string): boolean =>
    paths.some((name) => path === name || path.startsWith(`${name}/`));
  return (path) => matches(path) || isNamed(path);
}

function fromRoot(glob: string): string {
  const trimmed = glob.trim();
  if (trimmed === '') return '';
  const path = trimmed.replace(/^(?:\.?\/+)+/, '').replace(/\/+$/, '');
  return path === '' || path === '.' ? '**' : path;
}
