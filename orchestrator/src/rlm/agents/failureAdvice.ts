import { type FailureKind, isUsedUp } from './failureKind.ts';

/** What the user can do about a failure; null when that is not known. */
export function failureAdvice({
  kind,
  reason,
  agent,
}: {
  kind: FailureKind;
  /** In full. */
  reason: string;
  /** Name of the agent. */
  agent: string;
}): string | null {
  switch (kind) {
    case 'missing':
      return `${INSTALL[agent] ?? 'Check the command of the agent, and PATH.'} ${OTHER_AGENT}`;
    case 'authentication': {
      const variable = MISSING_VARIABLE.exec(reason)?.[1];
      if (variable !== undefined) return `Set ${variable}, where the agent's provider expects its key.`;
      return LOGIN[agent] ?? null;
    }
    case 'transient':
      return null;
    case 'other':
      return isUsedUp(reason) ? `Wait until the limit is reset. ${OTHER_AGENT}` : null;
    default:
      return kind satisfies never;
  }
}

const OTHER_AGENT = 'Another agent can be chosen with --agent.';

const INSTALL: Record<string, string> = {
  codex: 'Install it with `npm install --global @openai/codex`.',
  claude: 'Install it with `npm install --global @anthropic-ai/claude-code`.',
};

/** Codex takes OPENAI_API_KEY only through `codex login`; of the environment it reads CODEX_API_KEY. */
const LOGIN: Record<string, string> = {
  codex: 'Log in with `codex login`, or set CODEX_API_KEY to an API key of OpenAI.',
  claude: 'Log in with `claude` and then /login, or set ANTHROPIC_API_KEY.',
};

const MISSING_VARIABLE = /missing environment variable: `(\w+)`/i;
