import type { ConfigProblem } from './config/problem.ts';

/**
 * Everything that is expected to go wrong, as facts without sentences. `cli/present/failureText.ts` turns a
 * failure into words and `cli/exitCodes.ts` into an exit code; both are exhaustive over this union.
 */
export type Failure =
  | { kind: 'usage'; message: string; suggestion?: string }
  | { kind: 'invalid-id'; subject: 'task ID' | 'run ID'; value: string; rule: string; source?: string }
  | { kind: 'invalid-config'; file: string; problems: ConfigProblem[] }
  | { kind: 'nothing-detected'; repoRoot: string; looked: string[] }
  | { kind: 'pipeline-not-found'; pipelineId: string; known: string[]; configFile: string | null }
  | { kind: 'stage-not-found'; stageId: string; known: string[]; pipelineId: string }
  | { kind: 'no-stages'; pipelineId: string }
  | {
      kind: 'run-not-found';
      runId: string | null;
      taskId: string | null;
      runsRoot: string;
      nearest: string[];
    }
  | { kind: 'run-is-live'; runId: string; owner: string }
  /** `owner`: who changes the metrics of the task, in words. */
  | { kind: 'metrics-busy'; taskId: string; owner: string }
  | { kind: 'run-not-resumable'; runId: string; reason: 'exec' | 'no-pipeline'; pipelineId: string }
  | { kind: 'run-already-over'; runId: string; status: string }
  | { kind: 'token-mismatch'; runId: string }
  | { kind: 'file-exists'; path: string }
  /** A question on the terminal was answered with none of the numbers from 1 to `count`. */
  | { kind: 'no-such-choice'; answer: string; count: number }
  /** A question on the terminal was left without an answer. */
  | { kind: 'not-chosen'; subject: 'validator' }
  /** `reason`: why there can be none; null when there are others, or none yet. */
  | { kind: 'no-checkpoint'; runId: string; checkpoint: string; known: string[]; reason: string | null }
  /** `matches`: the entries whose keys begin like this; none, or several. `cacheDir` as people know it. */
  | {
      kind: 'no-such-entry';
      key: string;
      cacheDir: string;
      matches: { key: string; stage: string | null }[];
    }
  /** `files`: how many would have been changed. */
  | { kind: 'not-confirmed'; runId: string; checkpoint: string; files: number; wasAsked: boolean }
  | { kind: 'git-failed'; message: string }
  | { kind: 'damaged-evidence'; path: string; detail: string }
  | { kind: 'control-plane-rejected'; errors: { path: string; message: string }[] }
  | { kind: 'storage'; operation: string; path: string; code: string };

const NAME = 'FailureError';

/** Carries a {@link Failure} up to the one place that reports it. Thrown for expected failures only. */
export class FailureError extends Error {
  readonly failure: Failure;

  /** The published program consists of chunks, of which each has this class for itself. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === NAME && 'failure' in value;
  }

  constructor(failure: Failure) {
    super(failure.kind);
    this.name = NAME;
    this.failure = failure;
  }
}
