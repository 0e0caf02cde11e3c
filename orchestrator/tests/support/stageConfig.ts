import type { SandboxRepo } from './sandboxRepo.ts';

/** A configuration with one pipeline, `diagnostics`. */
export function pipeline(...stages: object[]): object {
  return { pipelines: [{ id: 'diagnostics', title: 'Diagnostics', guardrailsRequired: false, stages }] };
}

/** A command stage. */
export function command(id: string, text: string, more: object = {}): object {
  return { kind: 'command', id, title: id, command: text, ...more };
}

/** A command stage that leaves one line in `<id>-ran` each time it runs. */
export function countedStage(id: string): object {
  return command(id, `echo x >> ${id}-ran`);
}

/** How often a {@link countedStage} ran. */
export async function timesRun(repo: SandboxRepo, id: string): Promise<number> {
  return (await repo.read(`${id}-ran`).catch(() => '')).split('\n').length - 1;
}
