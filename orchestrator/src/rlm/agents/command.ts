import type { AgentAdapter } from './adapter.ts';
import { createCommandReader } from './commandReader.ts';
import { programName } from './programName.ts';

/**
 * Any program that reads its prompt from standard input and prints what it has to say (see
 * {@link createCommandReader}).
 *
 * @param settings `command` is text for `/bin/sh`; the arguments are appended to it as they are.
 */
export function commandAdapter(settings: { command: string; args: string[] }): AgentAdapter {
  const { command, args } = settings;
  return {
    kind: 'command',
    name: programName(command),
    output: 'text',
    // Text without arguments stays as it is: not every text can be followed by some.
    invocation: () =>
      args.length === 0 ? command : { file: '/bin/sh', args: ['-c', `${command} "$@"`, 'sh', ...args] },
    createReader: createCommandReader,
  };
}
