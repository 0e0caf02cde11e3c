import type { OutputCounts, StampedEvent } from './journalEvents.ts';
import type { CommandRecord, HandleRecord, Manifest, PrivacyRecord } from './manifestTypes.ts';

/** Most frames of one attempt that count as kept (artifact contract, section 3.2). */
const MAX_KEPT_FRAMES = 500;

/**
 * Applies one journal fact to the manifest, in place. This is the only way stage facts get into a manifest: live
 * runs apply an event when it is appended, and recovery applies the whole journal again, so both agree.
 */
export function project(manifest: Manifest, event: StampedEvent): void {
  switch (event.type) {
    case 'run:begin':
      manifest.handles = [];
      manifest.child_runs = [];
      if (manifest.privacy) manifest.privacy = emptyPrivacy(manifest.privacy);
      return;
    case 'run:resume':
      return applyResume(manifest, event);
    case 'run:end':
      manifest.status = event.status;
      manifest.status_detail = event.status_detail;
      manifest.summary = event.summary;
      manifest.completed_at = event.timestamp;
      return;
    default:
      return applyStageEvent(manifest, event);
  }
}

/** Finds a stage by id, by position where an id occurs more than once; undefined when the stage is gone. */
export function findCommand(manifest: Manifest, stageId: string, index: number): CommandRecord | undefined {
  const atIndex = manifest.commands[index - 1];
  if (atIndex?.id === stageId) return atIndex;
  return manifest.commands.find((command) => command.id === stageId);
}

type RunEventType = 'run:begin' | 'run:resume' | 'run:end';
type StageEvent = Exclude<StampedEvent, { type: RunEventType }>;

function applyStageEvent(manifest: Manifest, event: StageEvent): void {
  const found = findCommand(manifest, event.stage_id, event.index);
  // A stage may have been of the other kind when this happened; what it did then says nothing about it as it is now.
  const command = found?.kind === kindOf(event) ? found : undefined;
  switch (event.type) {
    case 'command:start':
    case 'subpipeline:start':
      // Work goes on, so what was said of the run before ("resuming") is over.
      manifest.status_detail = null;
      if (command === undefined) return;
      command.status = 'running';
      command.started_at = event.timestamp;
      command.completed_at = null;
      command.exit_code = null;
      command.summary = null;
      if (event.type === 'command:start') command.log_path = event.log_path;
      else command.sub_run_id = event.sub_run_id;
      return;
    case 'exec:begin':
      addHandle(manifest, handleOf(manifest, event));
      return;
    case 'cache:hit':
      addHandle(manifest, handleOf(manifest, event));
      if (!closeHandle(manifest, event.handle_id, event.output.frames)) return;
      if (manifest.privacy) addCounts(manifest.privacy, event.output);
      return;
    case 'exec:end':
      // A replay meets handles that are closed already; their output has been counted.
      if (!closeHandle(manifest, event.handle_id, event.output.frames)) return;
      if (manifest.privacy) addCounts(manifest.privacy, event.output);
      return;
    case 'command:end':
    case 'subpipeline:end':
      if (command !== undefined) {
        command.status = event.status;
        command.completed_at = event.timestamp;
        command.summary = event.summary;
        if (event.type === 'command:end') {
          command.exit_code = event.exit_code;
          if (event.error_file !== null) command.error_file = event.error_file;
        }
      }
      if (event.type === 'command:end' && event.tool_metrics !== undefined) {
        manifest.tfgrpo = { ...manifest.tfgrpo, tool_metrics: event.tool_metrics };
      }
      if (event.type === 'subpipeline:end' && event.child !== null) upsertChild(manifest, event.child);
      return;
    case 'exec:retry':
    case 'process:begin':
    case 'process:end':
      return;
    default:
      // A journal may hold lines of a newer version or of another tool; they say nothing to this manifest.
      event satisfies never;
  }
}

function kindOf({ type }: StageEvent): CommandRecord['kind'] {
  return type === 'subpipeline:start' || type === 'subpipeline:end' ? 'subpipeline' : 'command';
}

function applyResume(manifest: Manifest, event: Extract<StampedEvent, { type: 'run:resume' }>): void {
  manifest.status = 'in_progress';
  manifest.status_detail = 'resuming';
  manifest.completed_at = null;
  manifest.metrics_recorded = false;
  delete manifest.guardrail_status;
  const known = manifest.resume_events.some((entry) => entry.timestamp === event.timestamp);
  if (!known) {
    manifest.resume_events.push({
      timestamp: event.timestamp,
      actor: event.actor,
      reason: event.reason,
      outcome: 'accepted',
    });
  }
  // Their attempts were killed with the owner and will never report their end.
  for (const handle of manifest.handles ?? []) handle.status = 'closed';
  for (const command of manifest.commands) {
    if (command.status === 'succeeded' || command.status === 'skipped') continue;
    command.status = 'pending';
    command.completed_at = null;
    command.exit_code = null;
    command.summary = null;
  }
}

function handleOf(
  { pipeline_id, run_id }: Manifest,
  event: Extract<StampedEvent, { type: 'exec:begin' | 'cache:hit' }>,
): HandleRecord {
  const { handle_id, correlation_id, stage_id, timestamp } = event;
  return {
    handle_id,
    correlation_id,
    stage_id,
    pipeline_id,
    status: 'open',
    frame_count: 0,
    latest_sequence: 0,
    created_at: timestamp,
    metadata: { run_id },
  };
}

function addHandle(manifest: Manifest, handle: HandleRecord): void {
  const handles = (manifest.handles ??= []);
  // On a replay it may be known, and closed: opened again, its output would be counted twice.
  if (!handles.some((candidate) => candidate.handle_id === handle.handle_id)) handles.push(handle);
}

function closeHandle(manifest: Manifest, handleId: string, frames: number): boolean {
  const handle = manifest.handles?.find((candidate) => candidate.handle_id === handleId);
  if (handle === undefined || handle.status === 'closed') return false;
  handle.status = 'closed';
  handle.latest_sequence = frames;
  handle.frame_count = Math.min(frames, MAX_KEPT_FRAMES);
  return true;
}

function upsertChild(manifest: Manifest, child: Manifest['child_runs'][number]): void {
  const position = manifest.child_runs.findIndex((candidate) => candidate.run_id === child.run_id);
  if (position === -1) manifest.child_runs.push(child);
  else manifest.child_runs[position] = child;
}

function addCounts(privacy: PrivacyRecord, counts: OutputCounts): void {
  privacy.totals.total_frames += counts.frames;
  privacy.totals.redacted_frames += counts.redacted_frames;
  privacy.totals.blocked_frames += counts.blocked_frames;
  privacy.totals.allowed_frames += counts.allowed_frames;
  privacy.decisions.push(...counts.decisions);
}

function emptyPrivacy(privacy: PrivacyRecord): PrivacyRecord {
  return {
    ...privacy,
    decisions: [],
    totals: { total_frames: 0, redacted_frames: 0, blocked_frames: 0, allowed_frames: 0 },
  };
}
