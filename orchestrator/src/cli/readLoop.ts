import path from 'node:path';
import type { RunPaths } from '../run/paths.ts';
import { readIfPresent } from '../run/readIfPresent.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import type { LoopReading } from './present/loopStatus.ts';

/**
 * Reads how the loop of a run stands; null when the run has none. A document that cannot be understood is no error, for
 * the rest of the run can still be shown. Changes nothing on disk. Throws errno errors.
 */
export async function readLoop(paths: RunPaths): Promise<LoopReading | null> {
  const text = await readIfPresent(path.join(paths.runDir, 'rlm', 'state.json'));
  if (text === null) return null;
  const [{ parseState }, { programName }] = await Promise.all([
    import('../rlm/loop/parseState.ts'),
    import('../rlm/agents/programName.ts'),
  ]);
  try {
    const state = parseState(JSON.parse(text));
    const { kind, command } = state.agent;
    return { state, agent: kind === 'command' && command !== null ? programName(command) : kind };
  } catch (error) {
    return { damage: errorMessage(error) };
  }
}
