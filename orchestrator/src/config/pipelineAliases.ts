/** Old pipeline ids that still work, and the ids that took their place. */
const DEPRECATED_ALIASES: Partial<Record<string, string>> = {
  'implementation-gate-devtools': 'implementation-gate',
  'frontend-testing-devtools': 'frontend-testing',
};

/** What a stage sees in its environment when its pipeline was named by a deprecated alias. */
export const ALIAS_ENVIRONMENT: Readonly<Record<string, string>> = { CODEX_REVIEW_DEVTOOLS: '1' };

/** The id that took the place of a deprecated alias; null for every other id. */
export function aliasTarget(id: string): string | null {
  return Object.hasOwn(DEPRECATED_ALIASES, id) ? (DEPRECATED_ALIASES[id] ?? null) : null;
}
