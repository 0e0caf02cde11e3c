import type { LoopRequest } from './loopContext.ts';

/** Says something to whoever reads the output of the loop; it also stands in the log of its stage. */
export function say({ output }: Pick<LoopRequest, 'output'>, lines: readonly string[]): void {
  if (lines.length === 0) return;
  // A few lines per iteration: whether the log asks for a pause does not matter.
  output.write('stdout', Buffer.from(lines.map((line) => `${line}\n`).join('')));
}
