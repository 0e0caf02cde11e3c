import type { JsonPath } from './jsonValue.ts';
import type { ConfigProblem } from './problem.ts';

/** Something wrong at a place of a JSON document that is known by its path only; lines are looked up when needed. */
export interface Finding {
  path: JsonPath;
  /** Whether the name of the property is meant instead of its value. */
  atKey?: boolean;
  severity: ConfigProblem['severity'];
  found: string;
  expected?: string;
  suggestion?: string | undefined;
  related?: { path: JsonPath; note: string } | undefined;
}
