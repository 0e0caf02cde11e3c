import type { AgentRole } from '../types.ts';
import { fenced } from './fence.ts';
import type { PromptInput } from './promptInput.ts';

/** What this call is to do, with what the calls before it said. */
export function roleSection({ role, earlier, subagents }: PromptInput): string {
  const { plan, critique } = earlier;
  return [
    ...(plan === undefined ? [] : ["# The planner's plan", fenced(plan, 'plan')]),
    ...(critique === undefined ? [] : ["# The critic's findings", fenced(critique, 'critique')]),
    '# What to do now',
    TASKS[role].map((line) => `- ${line}`).join('\n'),
    ...(subagents ? ['You may use subagents for parts that do not depend on each other.'] : []),
    ...(role === 'agent' || role === 'reviser' ? [CLOSING] : []),
  ].join('\n\n');
}

const WORK = [
  'Make small changes that bring the goal nearer; a later iteration can go on where you stop. You may use your tools.',
  'Nobody answers questions while you work: decide yourself, and say what you decided.',
  'Leave branches, commits and stashes alone, unless the goal asks for them.',
  'Before you finish, review your own changes as a whole: are they right, complete, and no more than what is needed?',
];

const TASKS: Record<AgentRole, readonly string[]> = {
  agent: WORK,
  planner: [
    'You are the planner, the first of three calls in this iteration; a critic and a reviser follow.',
    'Only plan: change nothing, neither files nor anything else. Read whatever you need.',
    'Find the cause of what is missing or failing, and say which steps in which files mend it, in order.',
    'Your last message is all that the critic and the reviser see of you: put the whole plan there.',
  ],
  critic: [
    'You are the critic, the second of three calls in this iteration; the reviser does the work after you.',
    'Only judge: change nothing, neither files nor anything else. Read whatever you need.',
    'Find what is wrong with the plan and with the present state of the files: wrong assumptions, missing cases, side effects, simpler ways. Check claims against the code.',
    'Your last message is all that the reviser sees of you: put all findings there, the most important first.',
  ],
  reviser: [
    'You are the reviser, the last of three calls in this iteration: you do the work.',
    'The plan and the findings above are advice of the calls before you. Follow what is right in them; the goal counts more than both.',
    ...WORK,
  ],
};

const CLOSING = `End your last message with exactly these two lines:

Summary: <what you did in this iteration, in one line>
Next: <what is left to do, in one line, or "nothing">`;
