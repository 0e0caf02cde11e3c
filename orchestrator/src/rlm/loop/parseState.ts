import * as z from 'zod/mini';
import type { LoopState } from './loopState.ts';

/**
 * Makes sure that a parsed `state.json` is one. Fields that the tool before this one did not write get what is true of
 * its loops: Codex as agent, no checkpoints, nothing measured. Throws when a field has the wrong shape.
 */
export function parseState(document: unknown): LoopState {
  return stateSchema.parse(document);
}

const count = () => z._default(z.number(), 0);
const text = () => z._default(z.string(), '');
const maybeText = () => z._default(z.nullable(z.string()), null);
const maybeNumber = () => z._default(z.nullable(z.number()), null);
const texts = () => z._default(z.array(z.string()), []);
const hashes = () => z._default(z.record(z.string(), z.string()), {});

const usageShape = { input: count(), cached: count(), output: count(), reasoning: count() };

const callSchema = z.object({
  role: z.enum(['agent', 'planner', 'critic', 'reviser']),
  threadId: maybeText(),
  attempts: count(),
  exitCode: maybeNumber(),
  durationMs: count(),
  toolCalls: count(),
  costUsd: count(),
  message: z.exactOptional(z.string()),
  ...usageShape,
});

const agentEnded = z.enum(['exited', 'timed-out', 'out-of-tokens']);

const iterationSchema = z.object({
  n: z.int(),
  startedAt: text(),
  summary: maybeText(),
  validatorExitCode: maybeNumber(),
  validatorLogPath: maybeText(),
  diffSummary: text(),
  completedAt: text(),
  next: maybeText(),
  agentLogPath: text(),
  agentEnded: z._default(agentEnded, 'exited'),
  calls: z._default(z.array(callSchema), []),
  validatorMs: maybeNumber(),
  checkpoint: maybeText(),
  before: text(),
  after: text(),
  stateAfter: text(),
  validatorFilesChanged: texts(),
  failureSignature: maybeText(),
});

const givenText = () => z.optional(z.string());

const givenSchema = z.object({
  validator: givenText(),
  maxIterations: givenText(),
  maxMinutes: givenText(),
  iterationMinutes: givenText(),
  maxTokens: givenText(),
  roles: givenText(),
  agent: givenText(),
  agentCommand: givenText(),
  agentArgs: texts(),
  protect: texts(),
});

const stateSchema = z.object({
  goal: z.string(),
  validator: z.nullable(z.string()),
  roles: z.enum(['single', 'triad']),
  maxIterations: z.int(),
  maxMinutes: z.nullable(z.number()),
  iterations: z.array(iterationSchema),
  final: z.exactOptional(
    z.object({
      status: z.enum([
        'passed',
        'budget_complete',
        'no_validator',
        'max_iterations',
        'max_minutes',
        'error',
        'invalid_config',
        'max_tokens',
        'no_progress',
        'cancelled',
      ]),
      exitCode: z.int(),
      reason: text(),
    }),
  ),
  iterationMinutes: maybeNumber(),
  maxTokens: maybeNumber(),
  agent: z._default(
    z.object({
      kind: z.enum(['codex', 'claude', 'command']),
      command: z.nullable(z.string()),
      args: z.array(z.string()),
    }),
    { kind: 'codex', command: null, args: [] },
  ),
  protect: texts(),
  given: z._default(givenSchema, { agentArgs: [], protect: [] }),
  phase: z._default(z.enum(['starting', 'agent', 'validator', 'between', 'ended']), 'between'),
  pid: count(),
  startedAt: text(),
  updatedAt: text(),
  elapsedMs: count(),
  totals: z._default(
    z.object({
      ...usageShape,
      costUsd: count(),
      toolCalls: count(),
      agentMs: count(),
      validatorMs: count(),
      agentCalls: count(),
    }),
    {
      input: 0,
      cached: 0,
      output: 0,
      reasoning: 0,
      costUsd: 0,
      toolCalls: 0,
      agentMs: 0,
      validatorMs: 0,
      agentCalls: 0,
    },
  ),
  baseSnapshot: maybeText(),
  validatorFiles: z._default(z.object({ first: hashes(), last: hashes() }), { first: {}, last: {} }),
  validatorFilesChanged: texts(),
  protectedFilesChanged: texts(),
  lastFeedback: z._default(
    z.nullable(
      z.object({
        exitCode: z.number(),
        ended: z.enum(['exited', 'timed-out', 'cancelled']),
        signal: maybeText(),
        firstErrors: z.array(z.string()),
        end: z.string(),
        bytes: z.number(),
      }),
    ),
    null,
  ),
  inProgress: z._default(
    z.nullable(
      z.object({
        n: z.int(),
        startedAt: z.string(),
        checkpoint: z.nullable(z.string()),
        before: z.string(),
        calls: z.array(callSchema),
        agentEnded: z.nullable(agentEnded),
        processesCounted: count(),
      }),
    ),
    null,
  ),
});
