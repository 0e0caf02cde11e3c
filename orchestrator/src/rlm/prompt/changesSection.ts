import type { WorkspaceChanges } from '../workspace/workspace.ts';
import { fenced } from './fence.ts';

/** What was changed since the loop began; null when that is not known. */
export function changesSection(changes: WorkspaceChanges | null): string | null {
  if (changes === null) return null;
  const heading = '# Changes since the loop began';
  if (changes.files.length === 0) return `${heading}\n\nNone.`;
  return [
    heading,
    'Committed, staged, unstaged and new files together. `git` shows them in full.',
    fenced(changes.stat, 'stat'),
    ...(changes.patch === ''
      ? []
      : ['The patch, or its beginning if it is long:', fenced(changes.patch, 'diff')]),
  ].join('\n\n');
}
