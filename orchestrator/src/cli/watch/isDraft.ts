import { isDraftName } from '../../cache/store/draftName.ts';

/**
 * What Vim (`.a.swp`, `4913`), Emacs (`.#a`, `#a#`), JetBrains' editors and many others (`a~`) put beside a file while it
 * is edited. Some of it stays there for hours and changes with every key.
 */
const DRAFT_OF_EDITOR = /^(?:\..*\.sw[a-z]|4913|\.#.*|#.*#|.*~|.*___jb_(?:tmp|old)___)$/s;

/** Whether a file is somebody's temporary one, and its changes mean nothing. */
export function isDraft(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return DRAFT_OF_EDITOR.test(name) || isDraftName(name);
}
