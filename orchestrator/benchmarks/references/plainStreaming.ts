import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { emptyHistory } from '../../src/cli/metrics/aggregates/historyState.ts';
import { writeAggregates } from '../../src/cli/metrics/aggregates/writeAggregates.ts';
import { parseStoredEntry } from '../../src/cli/metrics/storedEntry.ts';
import { type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { foldPlainly } from './foldPlainly.ts';

/**
 * What one writes first when a file has become too long to be read at once: `node:readline` over a read stream,
 * `JSON.parse`, a `Set` of run ids, the whole history on every run. The first line of a run counts; that a resumed run
 * has a later one is beyond it, so it does a little less than is asked for. Call it only under the metrics lock.
 *
 * @throws errno errors
 */
export async function plainStreaming(env: TaskEnvironment): Promise<void> {
  const state = emptyHistory();
  const known = new Set<string>();
  const input = createReadStream(taskPaths(env).metricsPath);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const entry = parseStoredEntry(line);
    if (entry === null || known.has(entry.run_id)) continue;
    foldPlainly(state, entry, known.size);
    known.add(entry.run_id);
  }
  await writeAggregates(env, state);
}
