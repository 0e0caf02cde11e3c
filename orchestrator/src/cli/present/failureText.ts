import type { Failure } from '../../failure.ts';
import { configProblemText } from './configProblemText.ts';
import { errnoText } from './errnoText.ts';
import { printable } from './printable.ts';

/** What the reporter knows beyond the failure itself. */
export interface FailureHints {
  /** Subcommand that was asked for, for the pointer to its help. */
  command?: string | undefined;
  /** The valid word nearest to the one that was not found. */
  suggestion?: string | undefined;
}

const LONGEST_LIST = 12;
/** As `cache ls` shows keys. */
const SHORTEST_KEY = 12;

/**
 * An expected failure in words: what was wrong, where, what would have been right, what to do next. The first line
 * stands alone; no newline at the end.
 */
export function failureText(failure: Failure, hints: FailureHints = {}): string {
  switch (failure.kind) {
    case 'usage':
      return lines(
        sentence(printable(failure.message), failure.suggestion ?? hints.suggestion),
        `Run \`codex-orchestrator ${hints.command === undefined ? '' : `${hints.command} `}--help\` for what is possible.`,
      );
    case 'invalid-id': {
      const subject = failure.source ?? failure.subject;
      const value = failure.value === '' ? '' : ` "${printable(failure.value)}"`;
      return `Invalid ${subject}${value}: it ${failure.rule}.`;
    }
    case 'invalid-config':
      return lines(`${printable(failure.file)} is invalid.`, configProblemText(failure.problems));
    case 'nothing-detected':
      return lines(
        `Found nothing to run in ${printable(failure.repoRoot)}.`,
        'There is no codex.orchestrator.json, and detection found none of:',
        ...failure.looked.map((place) => `  ${place}`),
        'Run `codex-orchestrator init` to write a configuration, then put your commands into it.',
      );
    case 'pipeline-not-found':
      return lines(
        sentence(
          `No pipeline ${quoted(failure.pipelineId)} ${
            failure.configFile === null ? 'among those detected here' : `in ${failure.configFile}`
          }`,
          hints.suggestion,
        ),
        ...known('Pipelines', failure.known),
        ...(failure.configFile === null
          ? ['There is no codex.orchestrator.json: `codex-orchestrator init` writes one.']
          : []),
      );
    case 'stage-not-found':
      return lines(
        sentence(
          `No stage ${quoted(failure.stageId)} in pipeline ${quoted(failure.pipelineId)}`,
          hints.suggestion,
        ),
        ...known('Stages', failure.known),
      );
    case 'no-stages':
      return lines(
        `Pipeline ${quoted(failure.pipelineId)} has no stages, so there is nothing to run.`,
        'Add a stage to its "stages" in codex.orchestrator.json.',
      );
    case 'run-not-found': {
      const where = failure.taskId === null ? 'any task' : `task ${quoted(failure.taskId)}`;
      const what = failure.runId === null ? 'No run' : `No run ${quoted(failure.runId)}`;
      return lines(
        `${what} of ${where} in ${failure.runsRoot}.`,
        ...known('Nearest', failure.nearest),
        failure.runId === null
          ? 'Run `codex-orchestrator start` to begin one.'
          : 'Run `codex-orchestrator runs` to list them.',
      );
    }
    case 'run-is-live':
      return lines(
        `Run ${failure.runId} is being worked on by ${printable(failure.owner)}.`,
        `Follow it with \`codex-orchestrator status --run ${failure.runId} --watch\`,`,
        `or end it with \`codex-orchestrator cancel --run ${failure.runId}\`.`,
      );
    case 'metrics-busy':
      return lines(
        `The metrics of task ${quoted(failure.taskId)} are being changed by ${printable(failure.owner)}.`,
        'Nothing was changed. Try again when that is over.',
      );
    case 'run-not-resumable':
      return failure.reason === 'exec'
        ? lines(
            'A run of `exec` cannot be resumed: it has no pipeline.',
            'Run the command again with `codex-orchestrator exec`.',
          )
        : lines(
            sentence(
              `Cannot resume: its pipeline ${quoted(failure.pipelineId)} no longer exists`,
              hints.suggestion,
            ),
            'Put the pipeline back into codex.orchestrator.json, or start a new run.',
          );
    case 'run-already-over':
      return lines(
        `Run ${failure.runId} is over already: it ended ${failure.status}.`,
        `See it with \`codex-orchestrator status --run ${failure.runId}\`.`,
      );
    case 'token-mismatch':
      return lines(
        `The resume token is not the one of run ${failure.runId}. Nothing was changed.`,
        'The token is in the `.resume-token` file of the run; without --token none is asked for.',
      );
    case 'file-exists':
      return lines(`${failure.path} exists already. Nothing was changed.`, 'With --force it is replaced.');
    case 'no-such-choice':
      return lines(
        `${quoted(failure.answer)} is none of the choices: expected a number from 1 to ${failure.count}, or n for none.`,
        'Nothing was started.',
      );
    case 'not-chosen':
      return `No ${failure.subject} was chosen. Nothing was started.`;
    case 'no-checkpoint':
      return lines(
        `Run ${failure.runId} has no checkpoint ${quoted(failure.checkpoint)}. Nothing was changed.`,
        ...(failure.reason === null ? [] : [`There are none without git: ${printable(failure.reason)}`]),
        ...known('Checkpoints', failure.known),
      );
    case 'no-such-entry':
      return entryText(failure);
    case 'not-confirmed':
      return failure.wasAsked
        ? 'Nothing was changed.'
        : lines(
            `Nothing was changed: nobody can be asked whether ${failure.files === 1 ? '1 file' : `${failure.files} files`} may be changed.`,
            'With --yes it is done without asking.',
          );
    case 'git-failed':
      return `Git failed. ${printable(failure.message)}`;
    case 'damaged-evidence':
      return lines(
        `Cannot read ${failure.path}: it is damaged (${printable(failure.detail)}).`,
        'Nothing was changed. Move it away, or restore it from a backup.',
      );
    case 'control-plane-rejected':
      return lines(
        'The run did not start: its request does not fit its schema.',
        ...failure.errors.map(({ path, message }) => `  ${printable(path)}: ${printable(message)}`),
      );
    case 'storage':
      return errnoText({ code: failure.code, action: failure.operation, path: failure.path });
    default:
      return failure satisfies never;
  }
}

/** Of no entry, or of several. */
function entryText({ key, cacheDir, matches }: Extract<Failure, { kind: 'no-such-entry' }>): string {
  if (matches.length === 0) {
    return lines(
      `No entry in ${printable(cacheDir)} has a key that begins with ${quoted(key)}.`,
      'Run `codex-orchestrator cache` to list them.',
    );
  }
  const length = Math.max(SHORTEST_KEY, key.length + 4);
  const rest = matches.length - LONGEST_LIST;
  return lines(
    `The keys of ${matches.length} entries in ${printable(cacheDir)} begin with ${quoted(key)}:`,
    ...matches
      .slice(0, LONGEST_LIST)
      .map((each) => `  ${each.key.slice(0, length)}  ${printable(each.stage ?? 'damaged')}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    'Name as many characters of the key as only one has.',
  );
}

function sentence(text: string, suggestion: string | undefined): string {
  return suggestion === undefined ? `${text}.` : `${text}. Did you mean ${quoted(suggestion)}?`;
}

function known(title: string, words: readonly string[]): string[] {
  if (words.length === 0) return [];
  const rest = words.length > LONGEST_LIST ? `, and ${words.length - LONGEST_LIST} more` : '';
  return [`${title}: ${words.slice(0, LONGEST_LIST).map(printable).join(', ')}${rest}`];
}

function quoted(word: string): string {
  return `"${printable(word)}"`;
}

function lines(...parts: string[]): string {
  return parts.join('\n');
}
