import path from 'node:path';

/** The name of the program in a shell command: the first word that is no assignment, without its folder. */
export function programName(command: string): string {
  const words = command.trim().split(/\s+/);
  const program = words.find((word) => !/^\w+=/.test(word)) ?? '';
  return path.basename(program.replaceAll(/["']/g, '')) || 'command';
}
