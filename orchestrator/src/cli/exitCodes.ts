import type { Failure } from '../failure.ts';

/** One way in which the command line ends. */
export interface ExitCode {
  code: number;
  /** Stable word for code and documents. */
  name: string;
  meaning: string;
}

/** Every exit code by name. Numbers from 64 on follow BSD `sysexits.h`; 130 and 143 are 128 + signal number. */
export const EXIT = {
  ok: 0,
  runFailed: 1,
  usage: 64,
  damaged: 65,
  notFound: 66,
  internal: 70,
  cannotWrite: 73,
  busy: 75,
  refused: 77,
  config: 78,
  interrupted: 130,
  terminated: 143,
} as const;

/** The same codes with their meaning, in the order of the numbers: shown by `--help` and in the documents. */
export const EXIT_CODES: readonly ExitCode[] = [
  { code: EXIT.ok, name: 'ok', meaning: 'done; a run ended succeeded' },
  {
    code: EXIT.runFailed,
    name: 'run-failed',
    meaning: 'the run ended failed, doctor found a failing check, or metrics verify a difference',
  },
  {
    code: EXIT.usage,
    name: 'usage',
    meaning: 'unknown command or flag, missing or invalid value, invalid id',
  },
  { code: EXIT.damaged, name: 'damaged', meaning: 'stored evidence cannot be read: it is damaged' },
  {
    code: EXIT.notFound,
    name: 'not-found',
    meaning: 'no such run, pipeline, stage, checkpoint or cache entry; nothing to run was detected',
  },
  { code: EXIT.internal, name: 'internal', meaning: 'internal error: a bug of codex-orchestrator' },
  {
    code: EXIT.cannotWrite,
    name: 'cannot-write',
    meaning: 'a file cannot be used: read-only, full, not a folder; git failed',
  },
  {
    code: EXIT.busy,
    name: 'busy',
    meaning: 'the run, or the metrics of the task, is being worked on by another process',
  },
  {
    code: EXIT.refused,
    name: 'refused',
    meaning: 'refused: wrong resume token, run already over, file exists, nobody said yes',
  },
  { code: EXIT.config, name: 'config', meaning: 'codex.orchestrator.json is invalid' },
  { code: EXIT.interrupted, name: 'interrupted', meaning: 'cancelled by Ctrl-C (SIGINT)' },
  {
    code: EXIT.terminated,
    name: 'terminated',
    meaning: 'cancelled by SIGTERM or `codex-orchestrator cancel`',
  },
];

/** What `exec` returns instead of the table while its command ran. */
export const EXEC_EXIT_NOTE = "exec: the command's own exit code; 1 when a signal ended it";

/** A loop that could not do its work. */
const LOOP_ERROR = 10;

/** What `rlm`, and every run that failed by its loop, ends with instead (RLM contract, section 5). */
export const LOOP_EXIT_CODES: readonly ExitCode[] = [
  { code: 0, name: 'passed', meaning: 'the validator passed; without one: the budget is used up' },
  { code: 2, name: 'no-validator', meaning: 'no validator was found, or several' },
  {
    code: 3,
    name: 'not-reached',
    meaning: 'a budget is used up or nothing moves; the validator still fails',
  },
  { code: 4, name: 'validator-missing', meaning: 'the command of the validator was not found' },
  { code: 5, name: 'bad-options', meaning: 'the options of the loop are invalid' },
  { code: LOOP_ERROR, name: 'loop-error', meaning: 'the agent failed' },
];

/** The exit code for an expected failure. */
export function exitCodeOf(failure: Failure): number {
  switch (failure.kind) {
    case 'usage':
    case 'invalid-id':
      return EXIT.usage;
    case 'pipeline-not-found':
    case 'stage-not-found':
    case 'run-not-found':
    case 'no-checkpoint':
    case 'no-such-entry':
    case 'nothing-detected':
      return EXIT.notFound;
    case 'invalid-config':
    case 'no-stages':
    case 'control-plane-rejected':
      return EXIT.config;
    case 'run-is-live':
    case 'metrics-busy':
      return EXIT.busy;
    case 'run-not-resumable':
    case 'run-already-over':
    case 'token-mismatch':
    case 'file-exists':
    case 'not-confirmed':
      return EXIT.refused;
    case 'no-such-choice':
      return LOOP_ERROR;
    case 'not-chosen':
      return EXIT.interrupted;
    case 'damaged-evidence':
      return EXIT.damaged;
    case 'storage':
    case 'git-failed':
      return EXIT.cannotWrite;
    default:
      return failure satisfies never;
  }
}
