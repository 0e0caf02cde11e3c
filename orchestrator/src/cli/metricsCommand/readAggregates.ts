import { artifactPath, type TaskEnvironment } from '../../run/paths.ts';
import { readIfPresent } from '../../run/readIfPresent.ts';
import { aggregateFiles } from '../metrics/aggregates/aggregateDocuments.ts';
import { isBaseline } from './isBaseline.ts';

/** A JSON object of which nothing is certain: other tools write aggregates too. */
export type Fields = Record<string, unknown>;

/** What each aggregate says; null for one that is not there or damaged. */
export type Aggregates = Record<keyof ReturnType<typeof aggregateFiles>, Fields | null>;

/**
 * Reads the aggregates of a task.
 *
 * @returns also those that cannot be understood, relative to the repository
 * @throws errno errors
 */
export async function readAggregates(
  env: TaskEnvironment,
): Promise<{ aggregates: Aggregates; damaged: string[] }> {
  const files = aggregateFiles(env);
  const damaged: string[] = [];
  const read = async (file: string): Promise<Fields | null> => {
    const text = await readIfPresent(file);
    const isNonsense = file === files.baseline && text !== null && !isBaseline(text);
    const fields = text === null || isNonsense ? null : fieldsIn(text);
    if (text !== null && fields === null) damaged.push(artifactPath(env, file));
    return fields;
  };
  const aggregates = {
    baseline: await read(files.baseline),
    postRollout: await read(files.postRollout),
    completeness: await read(files.completeness),
    perEpoch: await read(files.perEpoch),
    mttrDelta: await read(files.mttrDelta),
    state: await read(files.state),
  };
  return { aggregates, damaged };
}

function fieldsIn(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
