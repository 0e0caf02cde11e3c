import type { AgentRole, LoopOptions, Roles } from '../types.ts';

const ROLES: Record<Roles, readonly AgentRole[]> = {
  single: ['agent'],
  triad: ['planner', 'critic', 'reviser'],
};

/** Whom the agent plays in one iteration, in the order of the calls. */
export function rolesOf({ roles }: Pick<LoopOptions, 'roles'>): readonly AgentRole[] {
  return ROLES[roles];
}
