/** A text of `codex.orchestrator.json` and the whole output about it, line by line. */
export interface ProblemCase {
  name: string;
  input: string;
  expected: string[];
}
