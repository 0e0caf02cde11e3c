import { FailureError } from '../failure.ts';
import type { ControlPlane, GuardMode } from './manifestTypes.ts';

/** Identifies the shape of a run request; both values are part of the artifact contract. */
const SCHEMA_ID = 'codex.control-plane.run-request';
const SCHEMA_VERSION = '2.0.0';

/** What is asked for when a run starts. */
export interface RunRequest {
  task: { id: string; slug: string; title: string };
  pipeline: { id: string; title: string; stages: { id: string; kind: string }[] };
}

/**
 * Checks a run request before anything is written. Throws a `control-plane-rejected` failure that lists every
 * fault, so a run that starts always reads `passed`.
 */
export function checkRunRequest(request: RunRequest): void {
  const errors = faults(request);
  if (errors.length > 0) throw new FailureError({ kind: 'control-plane-rejected', errors });
}

/** The `control_plane` record of a run whose request was checked. */
export function controlPlaneRecord(runId: string, mode: GuardMode, now: string): ControlPlane {
  return {
    schema_id: SCHEMA_ID,
    schema_version: SCHEMA_VERSION,
    request_id: runId,
    validation: { mode, status: 'passed', timestamp: now, errors: [] },
    enforcement: { enabled: mode === 'enforce', activated_at: mode === 'enforce' ? now : null },
  };
}

/** The guard modes that the environment asks for. */
export function guardModes(env: NodeJS.ProcessEnv): { controlPlane: GuardMode; privacy: GuardMode } {
  return {
    controlPlane: guardMode(env['CODEX_CONTROL_PLANE_MODE'], env['CODEX_CONTROL_PLANE_ENFORCE']),
    privacy: guardMode(env['CODEX_PRIVACY_GUARD_MODE'], env['CODEX_PRIVACY_GUARD_ENFORCE']),
  };
}

/**
 * Reads a guard mode from two variables: the first that is set decides, even when empty (artifact contract,
 * section 3.2). `enforce` iff its trimmed, lowercased value is 1, true, enforce, on or yes.
 */
function guardMode(first: string | undefined, second: string | undefined): GuardMode {
  const value = (first ?? second ?? '').trim().toLowerCase();
  return ['1', 'true', 'enforce', 'on', 'yes'].includes(value) ? 'enforce' : 'shadow';
}

function faults(request: RunRequest): { path: string; message: string }[] {
  const errors: { path: string; message: string }[] = [];
  const require = (path: string, value: string) => {
    if (value.trim() === '') errors.push({ path, message: 'must be a non-empty string' });
  };
  require('$.task.id', request.task.id);
  require('$.task.title', request.task.title);
  require('$.pipeline.id', request.pipeline.id);
  require('$.pipeline.title', request.pipeline.title);
  for (const [offset, stage] of request.pipeline.stages.entries()) {
    require(`$.pipeline.stages[${offset}].id`, stage.id);
  }
  return errors;
}
