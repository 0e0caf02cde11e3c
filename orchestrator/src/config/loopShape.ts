import * as z from 'zod/mini';
import { may, nonEmptyText, numberBetween } from './schemaFields.ts';

/** Nine digits, as on the command line. */
const LARGEST = 999_999_999;
/** Fifteen digits: every whole number up to here is exact. */
const MOST_TOKENS = 999_999_999_999_999;

const minutes = () => z.number().check(z.gte(0), z.lte(LARGEST));

/** The fields of `rlm`, the settings of RLM loops. */
export const loopShape = {
  agent: may(z.enum(['codex', 'claude', 'command']), 'Which agent works.', { default: 'codex' }),
  agentCommand: may(
    nonEmptyText(),
    'Shell text of an agent of your own, which reads its prompt from standard input; implies the agent `command`.',
    { examples: ['./tools/agent.sh'] },
  ),
  agentArgs: may(z.array(z.string()), 'Further arguments for the agent.', {
    examples: [['-c', 'model_reasoning_effort=high']],
  }),
  agentRetries: may(
    numberBetween(0, 100),
    'Further tries of a call that failed by a rate limit, the network or an overload.',
    { default: 5 },
  ),
  agentRetrySeconds: may(
    z.number().check(z.gte(0), z.lte(3600)),
    'Seconds before the first of these tries; doubled each time.',
    { default: 2 },
  ),
  validator: may(
    z.string(),
    'Shell text whose exit code 0 says that the goal is reached; `auto` looks for one, `none` goes without.',
    { default: 'auto', examples: ['npm test'] },
  ),
  maxIterations: may(
    z.union([numberBetween(0, LARGEST), z.literal('unlimited')], {
      error: 'a whole number or "unlimited"',
    }),
    'Most iterations; 0 and `unlimited` mean no limit.',
    { default: 88 },
  ),
  maxMinutes: may(minutes(), 'Most minutes of the whole loop, fractions allowed; 0 means no limit.', {
    default: 2880,
  }),
  iterationMinutes: may(
    minutes(),
    'Most minutes of the agent in one iteration, and again of the validator; 0 means no limit.',
    { default: 0 },
  ),
  maxTokens: may(numberBetween(0, MOST_TOKENS), 'Most tokens of the whole loop; 0 means no limit.', {
    default: 0,
  }),
  roles: may(
    z.enum(['single', 'triad']),
    'One call of the agent per iteration, or three: planner, critic, reviser.',
    { default: 'single' },
  ),
  protect: may(z.array(nonEmptyText()), 'Globs of files that must not change.', { examples: [['test/**']] }),
};
