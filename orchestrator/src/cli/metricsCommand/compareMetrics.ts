import path from 'node:path';
import { artifactPath, type TaskEnvironment, taskPaths } from '../../run/paths.ts';
import {
  aggregateDocuments,
  aggregateFiles,
  baselineSecondsIn,
} from '../metrics/aggregates/aggregateDocuments.ts';
import type { HistoryState } from '../metrics/aggregates/historyState.ts';
import { checkpointPath } from '../metrics/checkpoint.ts';
import type { IndexDigest } from './digestIndex.ts';
import { documentDifferences, type FieldDifference } from './documentDifferences.ts';
import { isBaseline } from './isBaseline.ts';
import type { MetricsSnapshot } from './quietSnapshot.ts';

/** One thing in which what is on disk is not what the history gives. */
export type Difference = {
  /** Relative to the repository. */
  file: string;
} & Finding;

type Finding =
  /** `unfounded`: the history has nothing that such a document would be about. */
  | { kind: 'missing' | 'damaged' | 'unfounded' }
  /** `kept`: of the baseline, which nobody replaces because it is written once. */
  | ({ kind: 'field' | 'kept' } & FieldDifference)
  /** The last line of the history has no newline yet, so it does not count. */
  | { kind: 'unfinished'; bytes: number };

/** What a history gives when it is read from its beginning. */
export interface Recomputed {
  state: HistoryState;
  /** Bytes of the history up to the end of its last complete line. */
  covered: number;
  /** SHA-256 of its end. */
  tail: string | null;
  index: IndexDigest | null;
}

/**
 * Compares aggregates, checkpoint and index with what the history gives, but for times of the last change. The baseline is
 * written once, so it is compared only while it is of the line that counts. No checkpoint at all is no difference. Pure.
 */
export function compareMetrics(
  env: TaskEnvironment,
  snapshot: MetricsSnapshot,
  recomputed: Recomputed,
): Difference[] {
  const { texts } = snapshot;
  const files = aggregateFiles(env);
  const baseline = texts.get(files.baseline) ?? null;
  const { state } = recomputed;
  const seconds =
    baseline === null ? (state.baseline?.duration_seconds ?? null) : baselineSecondsIn(baseline);
  const documents = (history: HistoryState) => aggregateDocuments(env, history, seconds, '');
  const found: [file: string, findings: Finding[]][] = [
    [taskPaths(env).metricsPath, unfinishedLine(snapshot.size - recomputed.covered)],
    [files.baseline, compareBaseline(baseline, state)],
    ...documents(state).map(([file, document]): [string, Finding[]] => [
      file,
      compare(texts.get(file) ?? null, document),
    ]),
    ...compareCheckpoint(env, snapshot, recomputed, documents),
  ];
  return found.flatMap(([file, findings]) =>
    findings.map((finding) => ({ file: artifactPath(env, file), ...finding })),
  );
}

function compareCheckpoint(
  env: TaskEnvironment,
  { checkpoint, hasCheckpointFile, index }: MetricsSnapshot,
  recomputed: Recomputed,
  documents: (history: HistoryState) => [file: string, document: object | null][],
): [file: string, findings: Finding[]][] {
  const { aggregatesDir } = taskPaths(env);
  const file = checkpointPath(aggregatesDir);
  if ('unusable' in checkpoint) return hasCheckpointFile ? [[file, [{ kind: 'damaged' }]]] : [];
  const { covered, fingerprint, history } = checkpoint;
  // What it sums up is another history then, and would differ in everything.
  if (covered !== recomputed.covered)
    return [[file, fieldFindings({ covered }, { covered: recomputed.covered })]];
  const summary = (state: HistoryState, tail: string | null) => ({
    tail,
    baseline: state.baseline,
    ...Object.fromEntries(documents(state).map(([name, each]) => [path.basename(name, '.json'), each])),
  });
  const indexFindings: Finding[] =
    index === null && recomputed.index !== null
      ? [{ kind: 'missing' }]
      : fieldFindings(index ?? recomputed.index, recomputed.index);
  return [
    [file, fieldFindings(summary(history, fingerprint.tail), summary(recomputed.state, recomputed.tail))],
    [path.join(aggregatesDir, checkpoint.index), indexFindings],
  ];
}

/** `stored` is the text on disk; either is null when there is no such document. */
function compare(stored: string | null, recomputed: object | null): Finding[] {
  if (stored === null) return recomputed === null ? [] : [{ kind: 'missing' }];
  if (recomputed === null) return [{ kind: 'unfounded' }];
  const document = parse(stored);
  return document === undefined ? [{ kind: 'damaged' }] : fieldFindings(document, recomputed);
}

function compareBaseline(stored: string | null, state: HistoryState): Finding[] {
  if (stored === null || state.baseline === null) return compare(stored, state.baseline);
  if (!isBaseline(stored)) return [{ kind: 'damaged' }];
  const document = parse(stored);
  if (isOfAnotherLine(document, state)) return [];
  return documentDifferences(document, state.baseline).map((each) => ({ kind: 'kept', ...each }));
}

function unfinishedLine(bytes: number): Finding[] {
  return bytes > 0 ? [{ kind: 'unfinished', bytes }] : [];
}

function fieldFindings(stored: unknown, recomputed: unknown): Finding[] {
  return documentDifferences(stored, recomputed).map((each) => ({ kind: 'field', ...each }));
}

/** The first run of the history may have been resumed since its baseline was written, or be another one by now. */
function isOfAnotherLine(document: unknown, { baseline }: HistoryState): boolean {
  if (typeof document !== 'object' || document === null || baseline === null) return false;
  const { run_id, recorded_at }: Record<string, unknown> = { ...document };
  return run_id !== baseline.run_id || recorded_at !== baseline.recorded_at;
}

/** Undefined for text that is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
