import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { makeLoopRepo, type LoopRepo, type LoopRepoContent } from '../rlm/loop/loopRig.ts';
import { readJsonLinesFile } from '../support/jsonLinesFile.ts';
import type { CliOptions, CliResult } from '../support/runCli.ts';
import { assertIntact } from './evidence.ts';

/** What one call of the agent costs. */
const COST = { input: 10, output: 5, toolCalls: 1 };

/**
 * Shell text of a call: says for which iteration and in which role it is, whether another one is at work, what it
 * costs, and leaves the number of the iteration in the file `work`.
 */
const AGENT = String.raw`
it=$(sed -n 's/.*This is iteration \([0-9]*\) of.*/\1/p' "$0-input-$n" | head -n 1)
role=$(sed -n 's/^- You are the \([a-z]*\), .*/\1/p' "$0-input-$n" | head -n 1)
if [ -z "$role" ]; then role=agent; fi
if kill -0 "$(cat "$0-pid" 2>/dev/null)" 2>/dev/null; then echo overlap >> "$0-list"; fi
echo $$ > "$0-pid"
echo "$it $role" >> "$0-list"
echo '{"type":"usage","input_tokens":${COST.input},"output_tokens":${COST.output}}'
echo '{"type":"tool_call","name":"edit"}'
echo "$it" > work
echo "Summary: did $it"`;

/** A loop of two iterations: its validator passes with the work of the second one. */
export interface CountedLoop extends LoopRepo {
  /** What was started, in order, over all owners of the loop: `1 agent` or `2 critic`; of the validator only `1`. */
  list(part: 'agent' | 'validator'): Promise<string[]>;
  /** Begins the loop with everything in flags, and nothing in the environment. */
  begin(args?: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  /** As {@link begin}, with nothing in the environment but `options.env`. */
  resume(args?: readonly string[], options?: Partial<CliOptions>): Promise<CliResult>;
  hasState(): Promise<boolean>;
}

const FROM_FLAGS = { RLM_AGENT_COMMAND: undefined, RLM_VALIDATOR: undefined };

export async function makeCountedLoop(content: LoopRepoContent = {}): Promise<CountedLoop> {
  const repo = await makeLoopRepo({
    agent: [AGENT],
    validator: ['cat work >> "$0-list"; test "$(cat work)" -ge 2'],
    ...content,
  });
  const { agent, validator } = repo.programs;
  const flags = ['--agent-command', agent, '--validator', validator];
  return {
    ...repo,
    list: async (part) => {
      const text = await readFile(`${repo.programs[part]}-list`, 'utf8').catch(() => '');
      return text.split('\n').slice(0, -1);
    },
    begin: (args = [], options) =>
      repo.rlm([...flags, ...args], { ...options, env: { ...FROM_FLAGS, ...options?.env } }),
    resume: (args = [], options) =>
      repo.cli(['resume', ...args], { ...options, env: { ...FROM_FLAGS, ...options?.env } }),
    hasState: async () => existsSync(path.join(await repo.runDir(), 'rlm', 'state.json')),
  };
}

/** How far a loop got until its owner was killed, as its files tell. */
export interface Progress {
  /** Iterations on record. */
  recorded: number;
  /** Calls of the agent that have ended well, as its logs tell, in the words of {@link CountedLoop.list}. */
  answered: string[];
  agent: string[];
  validator: string[];
}

export async function progressOf(repo: CountedLoop): Promise<Progress> {
  const answered = [];
  for (const n of ITERATIONS) {
    let role = '';
    for (const line of await agentLog(repo, n)) {
      if (line['type'] === 'agent.call') role = String(line['role']);
      if (line['type'] === 'agent.exit' && line['exit_code'] === 0) answered.push(`${n} ${role}`);
    }
  }
  return {
    recorded: (await repo.state()).iterations.length,
    answered,
    agent: await repo.list('agent'),
    validator: await repo.list('validator'),
  };
}

/**
 * Checks a loop that has come to its end after its owner was killed: every iteration once and in order, nothing done
 * again that was on record, never two agents at once, every cost counted once, every file whole.
 */
export async function expectFinished(repo: CountedLoop, killed: Progress): Promise<void> {
  const state = await repo.state();
  const validated = state.validator !== 'none';
  const final = { status: validated ? 'passed' : 'budget_complete', exitCode: 0 };
  expect(state).toMatchObject({ phase: 'ended', inProgress: null, final });
  expect(state.iterations).toMatchObject([
    { n: 1, summary: 'did 1', validatorExitCode: validated ? 1 : null },
    { n: 2, summary: 'did 2', validatorExitCode: validated ? 0 : null },
  ]);

  const roles = state.roles === 'single' ? ['agent'] : ['planner', 'critic', 'reviser'];
  const calls = ITERATIONS.flatMap((n) => roles.map((role) => `${n} ${role}`));
  const agent = await repo.list('agent');
  const validator = await repo.list('validator');
  expect(agent).not.toContain('overlap');
  expect([...new Set(agent)]).toEqual(calls);
  // Of all that was started, only what was under way may have been started again.
  expect(agent.length).toBeLessThanOrEqual(calls.length + 1);
  for (const call of killed.answered) expect(count(agent, call)).toBe(count(killed.agent, call));
  expect([...new Set(validator)]).toEqual(validated ? ITERATIONS : []);
  expect(validator.length).toBeLessThanOrEqual(ITERATIONS.length + 1);
  for (const n of ITERATIONS.slice(0, killed.recorded)) {
    expect(count(validator, n)).toBe(count(killed.validator, n));
  }
  await expectTotals(repo);
  await assertIntact(repo.runsRoot, repo.outRoot);
  expect((await repo.journal()).torn).toBe('');
  expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
}

const ITERATIONS = ['1', '2'];

/** Every process of the agent that its logs know is in the totals, and in the metrics, once. */
async function expectTotals(repo: CountedLoop): Promise<void> {
  const { totals } = await repo.state();
  const lines = [...(await agentLog(repo, '1')), ...(await agentLog(repo, '2'))];
  const texts = lines.map((line) => JSON.stringify(line['text'] ?? ''));
  const usages = texts.filter((text) => text.includes('input_tokens')).length;
  const calls = texts.filter((text) => text.includes('tool_call')).length;
  expect(totals).toMatchObject({
    agentCalls: lines.filter(({ type }) => type === 'agent.call').length,
    input: usages * COST.input,
    output: usages * COST.output,
    toolCalls: calls * COST.toolCalls,
  });
  const metrics = await readJsonLinesFile(repo.path('.runs', '0101', 'metrics.json'));
  const tokens = usages * (COST.input + COST.output);
  expect(metrics.lines).toMatchObject([{ tool_calls: totals.toolCalls, token_total: tokens }]);
}

async function agentLog(repo: CountedLoop, n: string): Promise<Record<string, unknown>[]> {
  const file = path.join(await repo.runDir(), 'rlm', `agent-${n}.jsonl`);
  return existsSync(file) ? (await readJsonLinesFile(file)).lines : [];
}

function count(list: readonly string[], entry: string): number {
  return list.filter((each) => each === entry).length;
}
