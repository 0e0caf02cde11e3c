/**
 * `missing`: there is no such program. `authentication`: it may not use its model. `transient`: worth another try
 * after a while. `other`: all else.
 */
export type FailureKind = 'missing' | 'authentication' | 'transient' | 'other';

/**
 * Of which kind a failure is, by what the agent said. The phrases are those of Codex 0.169 and Claude Code, of HTTP,
 * and of the network errors of the system, Node, curl and Rust's HTTP client.
 */
export function failureKind(words: string): Exclude<FailureKind, 'missing'> {
  if (isUsedUp(words)) return 'other';
  if (matches(AUTHENTICATION, words)) return 'authentication';
  return matches(TRANSIENT, words) ? 'transient' : 'other';
}

/** The agent's plan or credit is used up: a rate limit, but no wait of minutes helps. */
export function isUsedUp(words: string): boolean {
  return matches(USED_UP, words);
}

function matches(phrases: RegExp[], words: string): boolean {
  return phrases.some((phrase) => phrase.test(words));
}

const USED_UP = [
  /\busage limit\b/i,
  /\bhit your (?:\w+ )?limit\b/i,
  /\bquota\b/i,
  /\bcredit balance\b/i,
  /\bbilling[ _](?:details|error|hard)/i,
  /\bout of credits\b/i,
];

const AUTHENTICATION = [
  /\b(?:status|https?|error|code)\W{0,3}(?:code\W{0,3})?40[13]\b/i,
  /\bunauthorized\b|\b403 forbidden\b/i,
  /\bnot (?:logged|signed) in\b|\b(?:log|sign) in again\b|\b(?:codex login|run \/login)\b/i,
  /\b(?:invalid|incorrect|missing|expired|revoked)[ _](?:x-)?(?:api[ _-]key|bearer|oauth|access token)/i,
  /\bauthentication[ _](?:failed|error|required)\b/i,
  /\b(?:oauth|access|refresh) token (?:has )?(?:expired|was revoked|could not be refreshed)/i,
  /\bmissing environment variable: `\w*(?:KEY|TOKEN)\w*`/i,
];

const TRANSIENT = [
  /\b(?:status|https?|error|code)\W{0,3}(?:code\W{0,3})?(?:408|429|5\d\d)\b/i,
  /\brate[ _-]?limit|\btoo many requests\b/i,
  /\boverloaded|\bat capacity\b|\bhigh demand\b/i,
  /\b(?:service|temporarily) unavailable\b|\bbad gateway\b|\bgateway time-?out\b/i,
  /\b(?:internal )?server[ _]error\b/i,
  /\bstream (?:disconnected|closed|error)\b|\bsocket hang up\b/i,
  /\bconnection (?:refused|reset|closed|aborted|error|failed|timed out)\b|\berror sending request\b/i,
  /\bE(?:CONNREFUSED|CONNRESET|CONNABORTED|TIMEDOUT|NETUNREACH|HOSTUNREACH|AI_AGAIN|NOTFOUND)\b/,
  /\bnetwork (?:error|is unreachable|unreachable)\b|\bfetch failed\b/i,
  /\b(?:request|connection|operation|read|idle)\b.{0,20}\btime(?:d[ -]?)?out\b/i,
  /\b(?:name does not resolve|could not resolve host|name resolution|failed to lookup address)\b/i,
];
