import { Journal } from '../run/journal.ts';
import type { Manifest } from '../run/manifestTypes.ts';
import { ManifestStore } from '../run/manifestStore.ts';
import type { RunPaths, TaskEnvironment } from '../run/paths.ts';
import { PrivacyLog } from '../run/privacyLog.ts';
import type { RunPlan } from './plan.ts';
import type { RunContext, RunSettings } from './runContext.ts';

export interface ContextInput {
  settings: RunSettings;
  env: TaskEnvironment;
  paths: RunPaths;
  plan: RunPlan;
  overrides: Record<string, string>;
  depth: number;
  manifest: Manifest;
}

/** Opens the files a claimed run writes to. Torn last lines of a killed writer are repaired first. */
export function openContext(input: ContextInput): RunContext {
  const { manifest, ...rest } = input;
  return {
    ...rest,
    journal: Journal.open(input.paths.journalPath),
    store: new ManifestStore(input.paths.manifestPath, manifest),
    privacyLog: new PrivacyLog(input.paths.privacyLogPath, manifest.privacy?.mode ?? 'shadow'),
  };
}
