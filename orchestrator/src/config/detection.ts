import type { ConfigProblem } from './problem.ts';

/** What a stage of a detected pipeline is for, in the order in which stages run. */
export const PURPOSES = ['build', 'lint', 'typecheck', 'test', 'spec-guard'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface DetectedStage {
  purpose: Purpose;
  /** Shell text. */
  command: string;
  /** Which fact of the repository put it there. */
  reason: string;
}

/** What one ecosystem has to offer in a repository. */
export interface Detection {
  /** Prefix of stage ids where several ecosystems meet. */
  ecosystem: 'node' | 'python' | 'cargo' | 'go';
  /** Name of the ecosystem for people. */
  label: string;
  stages: DetectedStage[];
  /** Seen and left out on purpose. */
  skipped: { what: string; reason: string }[];
  /** What was looked for and not found, e.g. `package.json (not there)`. */
  missing: string[];
  /** Files that exist and cannot be read. */
  problems: ConfigProblem[];
}

/** A detection that found nothing so far. */
export function emptyDetection(ecosystem: Detection['ecosystem'], label: string): Detection {
  return { ecosystem, label, stages: [], skipped: [], missing: [], problems: [] };
}
