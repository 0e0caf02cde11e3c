import { describe, expect, it } from 'vitest';
import type { JournalEvent, StampedEvent } from '../../src/run/journalEvents.ts';
import { project } from '../../src/run/projection.ts';
import { validateManifest } from '../support/manifestSchema.ts';
import { sampleManifest } from './sampleManifest.ts';

const env = { repoRoot: '/repo', runsRoot: '/repo/.runs', outRoot: '/repo/out', taskId: 't' };

function stamped(events: JournalEvent[]): StampedEvent[] {
  return events.map((event, offset) => ({
    ...event,
    timestamp: new Date(1_700_000_000_000 + offset).toISOString(),
  }));
}

/** A UUID for a stage whose id is a hexadecimal digit. */
function handleOf(stageId: string): string {
  return `00000000-0000-4000-8000-00000000000${stageId}`;
}

const begin: JournalEvent = {
  type: 'run:begin',
  run_id: 'run-1',
  pipeline_id: 'diagnostics',
  stages: ['a', 'b'],
  index: 0,
};

function stage(id: string, index: number, attempt: number, exitCode: number): JournalEvent[] {
  const facts = { stage_id: id, index };
  const handle = handleOf(id);
  const exec = { ...facts, correlation_id: handle, attempt, handle_id: handle };
  return [
    { type: 'command:start', command: 'true', log_path: `logs/${id}`, ...facts },
    {
      type: 'exec:begin',
      command: '/bin/sh',
      args: ['-c', 'true'],
      cwd: '/repo',
      session_id: null,
      sandbox_state: 'sandboxed',
      persisted: false,
      pid: 4711,
      process_start: '1',
      host: 'h',
      boot_id: null,
      ...exec,
    },
    {
      type: 'exec:end',
      exit_code: exitCode,
      signal: null,
      duration_ms: 5,
      status: exitCode === 0 ? 'succeeded' : 'failed',
      pipes_held: false,
      output: { frames: 700, redacted_frames: 0, blocked_frames: 0, allowed_frames: 700, decisions: [] },
      ...exec,
    },
    {
      type: 'command:end',
      exit_code: exitCode,
      signal: null,
      duration_ms: 5,
      status: exitCode === 0 ? 'succeeded' : 'failed',
      summary: `ended ${exitCode}`,
      error_file: null,
      attempts: attempt,
      ...facts,
    },
  ];
}

const resume: JournalEvent = { type: 'run:resume', actor: 'me', reason: 'why', stages: ['a', 'b'], index: 0 };
const end: JournalEvent = {
  type: 'run:end',
  status: 'succeeded',
  status_detail: null,
  summary: 'fine',
  index: 0,
};

describe('project', () => {
  const history = stamped([
    begin,
    ...stage('a', 1, 1, 0),
    ...stage('b', 2, 1, 1),
    resume,
    ...stage('b', 2, 1, 0),
    end,
  ]);

  it('takes the facts of a run into a valid manifest', () => {
    const manifest = sampleManifest(env, ['a', 'b']);
    for (const event of history) project(manifest, event);
    expect(validateManifest(manifest)).toEqual([]);
    expect(manifest).toMatchObject({
      status: 'succeeded',
      summary: 'fine',
      completed_at: history.at(-1)?.timestamp,
    });
    expect(manifest.commands).toMatchObject([
      { status: 'succeeded', exit_code: 0, summary: 'ended 0', log_path: 'logs/a' },
      { status: 'succeeded', exit_code: 0, summary: 'ended 0', log_path: 'logs/b' },
    ]);
    expect(manifest.resume_events).toMatchObject([{ actor: 'me', reason: 'why', outcome: 'accepted' }]);
    expect(manifest.handles).toMatchObject([
      { handle_id: handleOf('a'), status: 'closed', frame_count: 500, latest_sequence: 700 },
      { handle_id: handleOf('b'), status: 'closed', frame_count: 500, latest_sequence: 700 },
    ]);
  });

  it.each(history.map((_event, cut) => cut))(
    'says the same when the history is replayed after event %i',
    (cut) => {
      const once = sampleManifest(env, ['a', 'b']);
      for (const event of history) project(once, event);
      const again = sampleManifest(env, ['a', 'b']);
      for (const event of history.slice(0, cut + 1)) project(again, event);
      for (const event of history) project(again, event);
      expect(again).toEqual(once);
    },
  );

  it('finds a stage by id after it has moved, and passes over one that is gone', () => {
    const manifest = sampleManifest(env, ['new', 'b']);
    for (const event of stamped(stage('b', 1, 1, 0))) project(manifest, event);
    for (const event of stamped(stage('gone', 2, 1, 1))) project(manifest, event);
    expect(manifest.commands.map((command) => command.status)).toEqual(['pending', 'succeeded']);
  });

  it('passes over what a stage did while it was of the other kind', () => {
    const manifest = sampleManifest(env, ['a', 'b']);
    Object.assign(manifest.commands[0] ?? {}, { kind: 'subpipeline', command: null });
    for (const event of stamped([begin, ...stage('a', 1, 1, 0), resume])) project(manifest, event);
    expect(manifest.commands[0]).toMatchObject({ status: 'pending', exit_code: null, log_path: null });
  });

  it('counts output once when only the resumed part of a history is replayed', () => {
    const resumed = stamped([resume, ...stage('b', 2, 1, 0)]);
    const manifest = sampleManifest(env, ['a', 'b']);
    for (const event of [...resumed, ...resumed]) project(manifest, event);
    expect(manifest.privacy?.totals).toMatchObject({ total_frames: 700 });
    expect(manifest.handles).toHaveLength(1);
  });

  it('shows a stage that is being worked on as running', () => {
    const manifest = sampleManifest(env, ['a', 'b']);
    for (const event of stamped([begin, ...stage('a', 1, 1, 0).slice(0, 2)])) project(manifest, event);
    expect(manifest.commands[0]).toMatchObject({ status: 'running', completed_at: null });
    expect(manifest.handles).toMatchObject([{ status: 'open' }]);
  });

  it('closes what a killed attempt left open when the run goes on', () => {
    const manifest = sampleManifest(env, ['a', 'b']);
    for (const event of stamped([begin, ...stage('a', 1, 1, 0).slice(0, 2), resume]))
      project(manifest, event);
    expect(manifest.handles).toMatchObject([{ handle_id: handleOf('a'), status: 'closed' }]);
    expect(manifest.commands[0]?.status).toBe('pending');
  });

  it('passes over lines of a newer version', () => {
    const manifest = sampleManifest(env, ['a']);
    const before = structuredClone(manifest);
    const line: unknown = JSON.parse(
      '{"type":"stage:dreamt","stage_id":"a","index":1,"timestamp":"2026-01-01T00:00:00.000Z"}',
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the point is a line that the type does not know
    project(manifest, line as StampedEvent);
    expect(manifest).toEqual(before);
  });
});
