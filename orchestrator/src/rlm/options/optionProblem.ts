/** What is wrong with the options of a loop, as facts; `optionProblemText` has the words. */
export interface OptionProblem {
  /** The flag, e.g. `--max-iterations`; the variable for what has no flag. */
  option: string;
  source: OptionSource;
  /** As it was given. */
  value: string;
  /** What would have been right, e.g. `"single" or "triad"`. */
  expected: string;
  /** A whole explanation, where a wrong value is not the point. */
  detail?: string;
}

/** Where a value came from: a flag, a variable, `rlm` of the configuration file; `none`: from nowhere. */
export type OptionSource = 'flag' | 'config' | 'none' | `RLM_${string}`;
