import {
  defineCommand,
  flag,
  listArgument,
  text,
  texts,
  type OptionSpec,
  type OptionsOf,
} from '../../definition.ts';
import { taskOption } from './shared.ts';

export type ExecOptions = OptionsOf<typeof execDefinition>;

export const JSON_STYLES = ['compact', 'pretty'] as const;

export const execDefinition = defineCommand({
  name: 'exec',
  summary: 'run one command and record it like a run',
  description:
    'Flags of its own come before the command; everything from the first word on, or after --, is the command.',
  arguments: { command: listArgument('[command...]', 'the command and its arguments') },
  options: {
    json: jsonStyle(),
    jsonl: flag('--jsonl', 'stream events as JSON lines, then the summary'),
    notify: texts('--notify <uri>', 'where to send the summary; repeatable, or separated by commas'),
    otelEndpoint: text('--otel-endpoint <url>', 'where to send telemetry'),
    cwd: text('--cwd <folder>', 'folder to run the command in', 'directories'),
    task: taskOption,
  },
  examples: ['exec npm test', 'exec --json -- node -e "process.exit(3)"'],
  passesThrough: true,
});

function jsonStyle(): OptionSpec<(typeof JSON_STYLES)[number] | undefined> {
  return {
    flags: '--json [style]',
    description: 'print the summary of the run as JSON',
    choices: JSON_STYLES,
    preset: 'compact',
    read: (raw) => JSON_STYLES.find((style) => style === raw),
  };
}
