/** One thing wrong in `codex.orchestrator.json`, with its place. Facts only; words are made elsewhere. */
export interface ConfigProblem {
  severity: 'error' | 'warning';
  /** Path of the file as shown to a person. */
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 code units as editors count. */
  column: number;
  /** Where in the document, e.g. `pipelines[0].stages[2].kind`; empty for the document itself. */
  path: string;
  /** What is wrong, in one clause, e.g. `found "comand"`. */
  found: string;
  /** What would have been right, e.g. `expected "command", "subpipeline" or "stage-set"`; empty if obvious. */
  expected: string;
  /** The nearest valid word, when one is near. */
  suggestion?: string;
  /** A second place that takes part, e.g. the first of two duplicates or the other end of a cycle. */
  related?: { line: number; column: number; note: string; excerpt?: Excerpt };
  /** The text at the place; absent when there is none to show (a directory, an unreadable file). */
  excerpt?: Excerpt;
}

/** One line of the file with the part that is meant, so that it can be shown without reading the file again. */
export interface Excerpt {
  /** The line without its line break; long lines are cut to a window, marked with `…`. */
  text: string;
  /** 0-based index in `text` of the first character that is meant. */
  from: number;
  /** How many UTF-16 code units are meant; at least 1. */
  length: number;
}
