import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordDrift } from '../../src/run/drift.ts';
import type { ControlPlane } from '../../src/run/manifestTypes.ts';
import { type TaskEnvironment, taskPaths } from '../../src/run/paths.ts';
import { createTask, readObject } from '../support/metricsHistory.ts';

const ERRORS = [{ path: '$.task.id', message: 'must be a non-empty string' }];

let env: TaskEnvironment;
beforeEach(() => {
  env = { ...createTask('0101'), outRoot: '/elsewhere/out' };
});
afterEach(() => {
  fs.rmSync(env.repoRoot, { recursive: true, force: true });
});

function sample(requestId: string, status: 'passed' | 'failed' = 'passed'): ControlPlane {
  return {
    schema_id: 'codex.control-plane.run-request',
    schema_version: '2.0.0',
    request_id: requestId,
    validation: {
      mode: 'shadow',
      status,
      timestamp: `2026-01-01T00:00:00.${requestId.padStart(3, '0')}Z`,
      errors: status === 'failed' ? ERRORS : [],
    },
  };
}

function readReport(): Record<string, unknown> {
  return readObject(taskPaths(env).driftPath);
}

function entry(requestId: string, status: 'passed' | 'failed') {
  const { timestamp, mode } = sample(requestId, status).validation;
  return { request_id: requestId, timestamp, status, mode, ...(status === 'failed' && { errors: ERRORS }) };
}

describe('the drift report', () => {
  test('begins with the first sample and gives the summary for the manifest', async () => {
    const { drift, warnings } = await recordDrift(env, sample('1'));
    expect(warnings).toEqual([]);
    expect(drift).toEqual({
      report_path: 'out/0101/control-plane/drift.json',
      total_samples: 1,
      invalid_samples: 0,
      invalid_rate: 0,
      last_sampled_at: '2026-01-01T00:00:00.001Z',
      mode: 'shadow',
    });
    expect(readReport()).toEqual({
      schema_id: 'codex.control-plane.run-request',
      schema_version: '2.0.0',
      total_samples: 1,
      invalid_samples: 0,
      invalid_rate: 0,
      last_sampled_at: '2026-01-01T00:00:00.001Z',
      mode: 'shadow',
      entries: [entry('1', 'passed')],
    });
  });

  test('lies in the repository whatever the out root is; lock and temporary files are gone', async () => {
    await recordDrift(env, sample('1'));
    const { driftPath } = taskPaths(env);
    expect(fs.readFileSync(driftPath, 'utf8')).toBe(`${JSON.stringify(readReport(), null, 2)}\n`);
    expect(fs.readdirSync(path.dirname(driftPath))).toEqual(['drift.json']);
  });

  test('counts every sample, keeps every failure, a success only while it is empty', async () => {
    await recordDrift(env, sample('1'));
    await recordDrift(env, sample('2'));
    await recordDrift(env, sample('3', 'failed'));
    const { drift } = await recordDrift(env, sample('4'));
    expect(drift).toMatchObject({ total_samples: 4, invalid_samples: 1, invalid_rate: 0.25 });
    expect(readReport()['entries']).toEqual([entry('1', 'passed'), entry('3', 'failed')]);
  });

  test('keeps the last 50 entries', async () => {
    for (let run = 1; run <= 53; run += 1) await recordDrift(env, sample(String(run), 'failed'));
    expect(readReport()).toMatchObject({ total_samples: 53, invalid_samples: 53, invalid_rate: 1 });
    expect(readReport()['entries']).toEqual(
      Array.from({ length: 50 }, (_, index) => entry(String(index + 4), 'failed')),
    );
  });

  test('counts all of 64 runs that start at once', async () => {
    await Promise.all(Array.from({ length: 64 }, (_, index) => recordDrift(env, sample(String(index)))));
    expect(readReport()).toMatchObject({
      total_samples: 64,
      last_sampled_at: sample('63').validation.timestamp,
    });
    expect(fs.readdirSync(path.join(path.dirname(taskPaths(env).driftPath), 'drift.pending'))).toEqual([]);
  });

  test.each(['{"total_samples": 12, "inva', '[]', '{"total_samples":"1","invalid_samples":0,"entries":[]}'])(
    'holding %s is moved aside and begun anew',
    async (text) => {
      const { driftPath } = taskPaths(env);
      fs.mkdirSync(path.dirname(driftPath), { recursive: true });
      fs.writeFileSync(driftPath, text);
      const { drift, warnings } = await recordDrift(env, sample('1'));
      expect(drift?.total_samples).toBe(1);
      expect(warnings).toEqual([
        'out/0101/control-plane/drift.json is damaged; moved to out/0101/control-plane/drift.json.damaged, counting anew.',
      ]);
      expect(fs.readFileSync(`${driftPath}.damaged`, 'utf8')).toBe(text);
    },
  );

  test('is left alone while somebody else holds its lock; the next run counts the sample', async () => {
    const { driftPath } = taskPaths(env);
    await recordDrift(env, sample('1'));
    fs.writeFileSync(`${driftPath}.lock`, '');
    expect(await recordDrift(env, sample('2', 'failed'))).toEqual({
      drift: null,
      warnings: [
        'Drift sample not counted yet: out/0101/control-plane/drift.json.lock is held by another process. The next run counts it.',
      ],
    });
    expect(readReport()['total_samples']).toBe(1);
    fs.rmSync(`${driftPath}.lock`);
    const { drift } = await recordDrift(env, sample('3'));
    expect(drift).toMatchObject({
      total_samples: 3,
      invalid_samples: 1,
      last_sampled_at: '2026-01-01T00:00:00.003Z',
    });
    expect(readReport()['entries']).toEqual([entry('1', 'passed'), entry('2', 'failed')]);
  });

  test('passes over what is no sample', async () => {
    const pending = path.join(path.dirname(taskPaths(env).driftPath), 'drift.pending');
    fs.mkdirSync(pending, { recursive: true });
    for (const [name, text] of ['', '{}', '{"validation":{}}'].entries())
      fs.writeFileSync(path.join(pending, `${name}.json`), text);
    expect((await recordDrift(env, sample('1'))).drift?.total_samples).toBe(1);
    expect(fs.readdirSync(pending)).toEqual([]);
  });

  test('that cannot be written rejects with the errno error', async () => {
    fs.writeFileSync(path.join(env.repoRoot, 'out'), 'a file where the directory belongs');
    await expect(recordDrift(env, sample('1'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
