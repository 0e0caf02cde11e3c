import { EXPECTED_SIZE, parseByteSize } from '../../byteSize.ts';
import {
  defineCommand,
  format,
  text,
  textArgument,
  type OptionSpec,
  type OptionsOf,
} from '../../definition.ts';
import { parseAge } from '../../pointInTime.ts';

export type CacheOptions = OptionsOf<typeof cacheDefinition>;

export const cacheDefinition = defineCommand({
  name: 'cache',
  summary: 'show and empty the cache of stage results',
  description: [
    'ls:    what is in it, used last first; what you get without a word',
    'show:  all about one entry, and whether it is whole',
    'prune: remove what has not been used for long, and what is too much; runs do it too',
    'clear: remove every entry',
  ].join('\n'),
  arguments: {
    action: textArgument('[action]', 'what to do', { choices: ['ls', 'show', 'prune', 'clear'] }),
    key: textArgument('[key]', 'with show: key of the entry, or a beginning that no other has', {
      values: 'cacheKeys',
    }),
  },
  options: {
    stage: text('--stage <id>', 'with ls: only entries of this stage', 'cachedStages'),
    maxBytes: size(
      '--max-size <size>',
      'with prune: keep at most this much, such as 500M (default: CODEX_ORCHESTRATOR_CACHE_MAX_BYTES, else 2G)',
    ),
    maxAgeMs: age(
      '--max-age <age>',
      'with prune: keep what was used since then, such as 7d (default: CODEX_ORCHESTRATOR_CACHE_MAX_DAYS, else 30d)',
    ),
    format: format(),
  },
  examples: [
    'cache',
    'cache ls --stage build --format json',
    'cache show 3f1c9a',
    'cache prune --max-age 7d',
  ],
});

/** Handed over in bytes. */
function size(flags: string, description: string): OptionSpec<number | undefined> {
  return {
    flags,
    description,
    check: (value) => (parseByteSize(value) === null ? `expected ${EXPECTED_SIZE}` : null),
    read: (raw) => (typeof raw === 'string' ? (parseByteSize(raw) ?? undefined) : undefined),
  };
}

/** Handed over in ms. */
function age(flags: string, description: string): OptionSpec<number | undefined> {
  return {
    flags,
    description,
    check: (value) => (parseAge(value) === null ? 'expected an age such as 12h or 7d' : null),
    read: (raw) => (typeof raw === 'string' ? (parseAge(raw) ?? undefined) : undefined),
  };
}
