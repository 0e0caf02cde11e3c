import type { Manifest, SchedulerAssignment, SchedulerRecord } from './manifestTypes.ts';

/**
 * The `scheduler` record of a new run. It describes the one local instance that runs the stages; recovery numbers
 * are the contract's defaults. The capability is the pipeline's first tag, else `general`.
 */
export function schedulerRecord(taskId: string, tags: string[], now: string): SchedulerRecord {
  const capability = tags[0] ?? 'general';
  const maxConcurrency = capability === 'general' ? 2 : 1;
  return {
    mode: 'multi-instance',
    requested_at: now,
    min_instances: 1,
    max_instances: 1,
    recovery: { heartbeat_interval_seconds: 30, missing_heartbeat_timeout_seconds: 120, max_retries: 3 },
    assignments: [
      {
        instance_id: `${taskId}-${capability}-01`,
        capability,
        status: 'running',
        assigned_at: now,
        completed_at: null,
        metadata: { weight: 1, maxConcurrency },
        attempts: [runningAttempt(1, now)],
      },
    ],
  };
}

/** Adds the attempt that a resume is. */
export function beginSchedulerAttempt(manifest: Manifest, now: string): void {
  for (const assignment of manifest.scheduler?.assignments ?? []) {
    assignment.status = 'running';
    assignment.completed_at = null;
    closeAttempts(assignment, 'requeued', now);
    assignment.attempts.push(runningAttempt(assignment.attempts.length + 1, now));
  }
}

/** Ends the running attempt with the status of the run. */
export function finishScheduler(manifest: Manifest, now: string): void {
  const succeeded = manifest.status === 'succeeded';
  for (const assignment of manifest.scheduler?.assignments ?? []) {
    assignment.status = succeeded ? 'succeeded' : 'failed';
    assignment.completed_at = now;
    closeAttempts(assignment, succeeded ? 'completed' : 'failed', now);
  }
}

function runningAttempt(number: number, now: string): SchedulerAssignment['attempts'][number] {
  return {
    number,
    assigned_at: now,
    started_at: now,
    completed_at: null,
    status: 'running',
    recovery_checkpoints: [],
  };
}

function closeAttempts(
  assignment: SchedulerAssignment,
  status: 'completed' | 'failed' | 'requeued',
  now: string,
): void {
  for (const attempt of assignment.attempts) {
    if (attempt.status !== 'running' && attempt.status !== 'pending') continue;
    attempt.status = status;
    attempt.completed_at = now;
  }
}
