const PREFIX = '.codex-restore-';

/**
 * Name of a file that is about to be renamed over an output; `scratchId` tells who made it. Short, whatever the name of
 * the output: names have at most 255 bytes.
 */
export function draftName(scratchId: string, index: number): string {
  return `${draftPrefix(scratchId)}${index}`;
}

/** What the names of all drafts of a restore begin with. */
export function draftPrefix(scratchId: string): string {
  return `${PREFIX}${scratchId}-`;
}

/** Whether a file is the draft of some restore, and so no output of a stage. */
export function isDraftName(name: string): boolean {
  return name.startsWith(PREFIX) && /^[0-9a-f-]{36}-\d+$/.test(name.slice(PREFIX.length));
}
