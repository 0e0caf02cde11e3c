import {
  choice,
  defineCommand,
  format,
  text,
  wholeNumber,
  type OptionSpec,
  type OptionsOf,
} from '../../definition.ts';
import { parsePointInTime } from '../../pointInTime.ts';
import { taskOption } from './shared.ts';

export type RunsOptions = OptionsOf<typeof runsDefinition>;

const STATUSES = ['queued', 'in_progress', 'succeeded', 'failed', 'cancelled', 'live', 'dead'] as const;

export const runsDefinition = defineCommand({
  name: 'runs',
  summary: 'list runs, newest first',
  arguments: {},
  options: {
    task: { ...taskOption, description: 'only runs of this task (default: every task)' },
    status: choice('--status <status>', 'only runs with this status', STATUSES),
    pipeline: text('--pipeline <id>', 'only runs of this pipeline', 'pipelines'),
    sinceMs: since(),
    limit: wholeNumber('--limit <count>', 'at most this many (default: 20)'),
    format: format(),
  },
  examples: [
    'runs',
    'runs --status failed --since 7d',
    'runs --pipeline diagnostics --limit 3 --format json',
  ],
});

/** Handed over as epoch ms. */
function since(): OptionSpec<number | undefined> {
  const parse = (value: string): number | null => parsePointInTime(value, new Date());
  return {
    flags: '--since <when>',
    description: 'only runs started since then: an age such as 90m, 2h, 7d, or a date such as 2026-11-22',
    check: (value) =>
      parse(value) === null ? 'expected an age such as 2h or 7d, or a date such as 2026-11-22' : null,
    read: (raw) => (typeof raw === 'string' ? (parse(raw) ?? undefined) : undefined),
  };
}
