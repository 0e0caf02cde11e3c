import { buildConfig } from './buildConfig.ts';
import type { CheckedShape } from './checkShape.ts';
import type { Finding } from './finding.ts';
import { isConfigFile } from './isConfigFile.ts';
import type { ConfigProblem } from './problem.ts';
import { referenceFindings } from './referenceFindings.ts';
import { hasRepeatedKeys } from './repeatedKeys.ts';
import { problemOfFile, sortProblems, type Source } from './source.ts';
import type { PipelineConfig } from './types.ts';

/** What became of the text of a configuration; `config` is null exactly when some problem is an error. */
export interface ParsedConfig {
  config: PipelineConfig | null;
  /** False for a file that leaves the pipelines to detection. */
  hasPipelines: boolean;
  /** All of them, errors and warnings, by place. */
  problems: ConfigProblem[];
}

/**
 * Reads the text of `codex.orchestrator.json`, which is strict JSON because other tools read the same file with
 * `JSON.parse`, and finds everything that is wrong with it. A file without problems is never parsed for places.
 */
export async function parseConfig(source: Source): Promise<ParsedConfig> {
  const { file, text } = source;
  if (text.trim() === '') {
    const found = text === '' ? 'found an empty file' : 'found only white space';
    return { ...UNUSABLE, problems: [problemOfFile(file, found, 'expected a JSON object')] };
  }
  const document = jsonIn(text);
  if (document === undefined) return { ...UNUSABLE, problems: await locate(source, []) };
  const shape = await shapeOf(document);
  const findings = [...shape.findings, ...referenceFindings(document)];
  const problems =
    findings.length > 0 || hasRepeatedKeys(text, document) ? await locate(source, findings) : [];
  const isUsable = problems.every(({ severity }) => severity === 'warning');
  if (shape.value === null || !isUsable) return { ...UNUSABLE, problems };
  return { config: buildConfig(shape.value), hasPipelines: shape.value.pipelines !== undefined, problems };
}

const UNUSABLE = { config: null, hasPipelines: false };

async function locate(source: Source, findings: Finding[]): Promise<ConfigProblem[]> {
  const { locateFindings } = await import('./locateFindings.ts');
  return sortProblems(locateFindings(source, findings));
}

/** The value of a JSON text; undefined, which JSON cannot say, when it is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser that knows places says more about it.
    return undefined;
  }
}

/** What is right at first sight needs no validator. */
async function shapeOf(document: unknown): Promise<CheckedShape> {
  if (isConfigFile(document)) return { value: document, findings: [] };
  const { checkShape } = await import('./checkShape.ts');
  return checkShape(document);
}
