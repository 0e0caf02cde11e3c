import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { faultEnvironment } from '../support/faults.ts';
import { watchFileOperations, type FileOperation } from '../support/fileOperations.ts';
import { profileSchema, type ProfileDocument } from '../support/profileSchema.ts';
import { runCli } from '../support/runCli.ts';
import { makeRepo, type SandboxRepo } from '../support/sandboxRepo.ts';
import { command, pipeline } from '../support/stageConfig.ts';

let repo: SandboxRepo;

afterEach(() => repo.cleanup());

async function profileText(runId?: string): Promise<string> {
  return readFile(path.join(await repo.runDir(runId === undefined ? {} : { runId }), 'profile.json'), 'utf8');
}

async function profileOf(runId?: string): Promise<ProfileDocument> {
  return profileSchema.parse(JSON.parse(await profileText(runId)));
}

function countOf(operations: FileOperation[], operation: FileOperation['operation'], place?: RegExp): number {
  return operations.filter((each) => each.operation === operation && (place?.test(each.path) ?? true)).length;
}

function bytesOf(operations: FileOperation[], operation: FileOperation['operation']): number {
  return operations.filter((each) => each.operation === operation).reduce((sum, { bytes }) => sum + bytes, 0);
}

function sum(profiles: ProfileDocument[], value: (files: ProfileDocument['files']) => number): number {
  return profiles.reduce((total, { files }) => total + value(files), 0);
}

/** What a command did to evidence from its first claim on, but for the writing of the profiles themselves. */
async function watched(...argv: string[]): Promise<{ code: number | null; operations: FileOperation[] }> {
  const watch = watchFileOperations(repo.root);
  const { code } = await runCli(argv, { cwd: repo.root, env: watch.env });
  const all = watch.read();
  // Until then it only looked for the run that it is to work on.
  const begin = all.findIndex(({ operation }) => operation === 'write');
  const operations = all.slice(begin).filter(({ path: place }) => {
    // The folder of all is synced when `out` is new in it.
    const isEvidence = place === '' || place.startsWith('.runs') || place.startsWith('out');
    return isEvidence && !place.includes('profile.json');
  });
  return { code, operations };
}

function expectAllCounted(profiles: ProfileDocument[], operations: FileOperation[]): void {
  const replaced = (files: ProfileDocument['files']) =>
    files.replaces.manifest.count + files.replaces.other.count;
  const appends = ({ appends: { journal, stage_logs, metrics, other } }: ProfileDocument['files']) =>
    journal.count + stage_logs.count + metrics.count + other.count;
  const isDirectory = ({ path: place }: FileOperation) =>
    statSync(repo.path(place), { throwIfNoEntry: false })?.isDirectory() === true;
  const syncs = operations.filter(({ operation }) => operation === 'fsync');
  const writes = (files: ProfileDocument['files']) =>
    replaced(files) + appends(files) + files.creations.count;
  expect({
    replaces: sum(profiles, replaced),
    writes: sum(profiles, writes),
    bytesWritten: sum(profiles, (files) => files.bytes_written),
    journal: sum(profiles, (files) => files.appends.journal.count),
    stageLogs: sum(profiles, (files) => files.appends.stage_logs.count),
    metrics: sum(profiles, (files) => files.appends.metrics.count),
    manifests: sum(profiles, (files) => files.replaces.manifest.count),
    reads: sum(profiles, (files) => files.reads.count),
    bytesRead: sum(profiles, (files) => files.reads.bytes),
    fileSyncs: sum(profiles, (files) => files.fsyncs.files),
    directorySyncs: sum(profiles, (files) => files.fsyncs.directories),
    locks: sum(profiles, (files) => files.locks.acquired),
  }).toEqual({
    replaces: countOf(operations, 'replace'),
    writes: countOf(operations, 'write'),
    bytesWritten: bytesOf(operations, 'write'),
    journal: countOf(operations, 'write', /\/runner\.ndjson$/),
    stageLogs: countOf(operations, 'write', /commands\/\d\d-.*\.ndjson$/),
    metrics: countOf(operations, 'write', /\/metrics\.json$/),
    manifests: countOf(operations, 'replace', /\/cli\/[^/]+\/manifest\.json$/),
    reads: countOf(operations, 'read'),
    bytesRead: bytesOf(operations, 'read'),
    fileSyncs: syncs.filter((each) => !isDirectory(each)).length,
    directorySyncs: syncs.filter(isDirectory).length,
    locks: countOf(operations, 'link', /lock$/),
  });
}

describe('profile.json', () => {
  it('counts what a run did to its files, and a child run for itself', async () => {
    const child = {
      id: 'child',
      title: 'child',
      guardrailsRequired: false,
      stages: [command('a', 'seq 1 9999')],
    };
    const parent = {
      id: 'parent',
      title: 'parent',
      guardrailsRequired: false,
      stages: [{ kind: 'subpipeline', id: 'sub', title: 'sub', pipeline: 'child' }, command('b', 'echo')],
    };
    repo = await makeRepo({ config: { pipelines: [parent, child] } });
    // The second time there is something to read.
    for (let round = 1; round <= 2; round += 1) {
      const earlier = await repo.runIds();
      const { code, operations } = await watched('start', 'parent');
      expect(code).toBe(0);
      const runIds = (await repo.runIds()).filter((runId) => !earlier.includes(runId));
      const profiles = await Promise.all(runIds.map((runId) => profileOf(runId)));
      expect(profiles).toHaveLength(2);
      expectAllCounted(profiles, operations);
      for (const { run_id, files } of profiles) {
        const own = operations.filter(({ path: place }) => place.includes(run_id));
        expect(files.appends.journal.count).toBe(countOf(own, 'write', /\/runner\.ndjson$/));
        expect(files.appends.stage_logs.count).toBe(countOf(own, 'write', /commands\//));
        expect(files.replaces.manifest.count).toBe(countOf(own, 'replace', /\/cli\/.*\/manifest\.json$/));
      }
    }
  });

  it('counts a run that fails, and what it reads when it is resumed', async () => {
    repo = await makeRepo({ config: pipeline(command('work', 'echo no >&2; test -e fixed')) });
    const failed = await watched('start');
    expect(failed.code).toBe(1);
    expectAllCounted([await profileOf()], failed.operations);
    expect(await profileOf()).toMatchObject({
      status: 'failed',
      resumed: false,
      stages: [{ index: 1, id: 'work' }],
    });

    await repo.write('fixed', '');
    const resumed = await watched('resume');
    expect(resumed.code).toBe(0);
    expectAllCounted([await profileOf()], resumed.operations);
    expect(await profileOf()).toMatchObject({ status: 'succeeded', resumed: true });
    expect(await profileText()).not.toContain(repo.root);
  });

  it('is left by exec as well', async () => {
    repo = await makeRepo();
    const { code, operations } = await watched('exec', '--', 'echo', 'hello');
    expect(code).toBe(0);
    const profile = await profileOf();
    expectAllCounted([profile], operations);
    expect(profile.finish_parts_ms).toMatchObject({ runs_index: null });
    const { open, stages, finish, drain } = profile.phases_ms;
    const together = (open ?? NaN) + (stages ?? NaN) + (finish ?? NaN) + (drain ?? NaN);
    expect(together).toBeCloseTo(profile.total_ms, 0);
    expect(profile.stages[0]?.duration_ms).toBeLessThanOrEqual(stages ?? 0);
  });

  it('counts a run that is cancelled', async () => {
    repo = await makeRepo({ config: pipeline(command('work', 'kill -TERM $PPID; sleep 20')) });
    const { code, operations } = await watched('start');
    expect(code).toBe(143);
    const profile = await profileOf();
    expectAllCounted([profile], operations);
    expect(profile).toMatchObject({ status: 'cancelled', stages: [{ id: 'work' }] });
  });

  it('counts the files of a loop', async () => {
    repo = await makeRepo({ files: { 'work.txt': 'begun' } });
    const agent = 'sh -c "echo more >> work.txt; echo Summary: done"';
    const { code, operations } = await watched(
      'rlm',
      'finish it',
      '--task',
      '0101',
      '--agent-command',
      agent,
      '--validator',
      'test -e work.txt',
    );
    expect(code).toBe(0);
    expectAllCounted([await profileOf()], operations);
    expect(countOf(operations, 'write', /\/rlm\//)).toBeGreaterThan(5);
  });

  it('is no reason to fail when it cannot be written', async () => {
    repo = await makeRepo({ config: pipeline(command('work', 'true')) });
    const fault = faultEnvironment({ trigger: 'profile.json', operation: 'open', errno: 'EACCES' });
    const { code, stdout } = await runCli(['start', '--verbose'], { cwd: repo.root, env: fault });
    expect(code).toBe(0);
    expect(stdout).toContain('warning: The profile of this run was not written: EACCES');
    expect(stdout).toMatch(
      / {2}Profile: {2}\d+ ms before the first stage, \d+ ms after the last \(metrics \d+ ms\) · /,
    );
    expect(existsSync(path.join(await repo.runDir(), 'profile.json'))).toBe(false);
    expect(await repo.manifest()).toMatchObject({ status: 'succeeded', metrics_recorded: true });
  });
});
