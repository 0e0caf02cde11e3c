/** What the next prompt tells of a validator that failed. */
export interface ValidatorFeedback {
  exitCode: number;
  /** What ended it, if not itself. */
  ended: 'exited' | 'timed-out' | 'cancelled';
  /** The signal that killed it, when that was neither of us; the exit code is 1 then. */
  signal: string | null;
  /** First lines that look like errors, at most 20. */
  firstErrors: string[];
  /** The end of its output, at most 8000 characters. */
  end: string;
  /** All that it printed, in bytes. */
  bytes: number;
}
