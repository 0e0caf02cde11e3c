import type { LoopFinal } from '../../rlm/loop/loopState.ts';
import { hasOwnFields, type LoopReading } from './loopStatus.ts';

/** The loop of a run in JSON documents. What its state does not say is null; all but `state` when it is damaged. */
export interface LoopDocument {
  /** null while it works. */
  status: LoopFinal['status'] | null;
  exit_code: number | null;
  reason: string | null;
  /** Those that are over. */
  iterations: number | null;
  /** 0: no limit. */
  max_iterations: number | null;
  phase: string | null;
  tokens: number | null;
  elapsed_ms: number | null;
  /** Path of the document that has everything, in the terms of the manifest. */
  state: string;
}

/** @param artifactRoot of the manifest */
export function loopJson(loop: LoopReading | null, artifactRoot: string): LoopDocument | null {
  if (loop === null) return null;
  const path = `${artifactRoot}/rlm/state.json`;
  if ('damage' in loop) return { ...NOTHING_KNOWN, state: path };
  const { state } = loop;
  const { final, iterations, maxIterations, phase, totals, elapsedMs } = state;
  const isOurs = hasOwnFields(state);
  return {
    status: final?.status ?? null,
    exit_code: final?.exitCode ?? null,
    reason: final?.reason || null,
    iterations: iterations.length,
    max_iterations: maxIterations,
    phase: isOurs ? phase : null,
    tokens: isOurs ? totals.input + totals.output : null,
    elapsed_ms: isOurs ? elapsedMs : null,
    state: path,
  };
}

const NOTHING_KNOWN: Omit<LoopDocument, 'state'> = {
  status: null,
  exit_code: null,
  reason: null,
  iterations: null,
  max_iterations: null,
  phase: null,
  tokens: null,
  elapsed_ms: null,
};
