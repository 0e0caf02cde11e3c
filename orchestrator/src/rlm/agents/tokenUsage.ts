import type { TokenUsage } from '../types.ts';

export const NO_TOKENS: Readonly<TokenUsage> = { input: 0, cached: 0, output: 0, reasoning: 0 };

export function addTokens(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    input: a.input + b.input,
    cached: a.cached + b.cached,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** All tokens; the cached ones are among the input already, those of reasoning among the output. */
export function tokenCount(usage: TokenUsage): number {
  return usage.input + usage.output;
}
