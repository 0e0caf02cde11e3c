import type { Failure } from '../failure.ts';
import type { LoadedConfig } from './types.ts';

/** What became of loading the pipelines of a repository. */
export type LoadResult = { ok: true; loaded: LoadedConfig } | { ok: false; failure: LoadFailure };

/** Why there are no pipelines. */
export type LoadFailure = Extract<Failure, { kind: 'invalid-config' | 'nothing-detected' }>;
