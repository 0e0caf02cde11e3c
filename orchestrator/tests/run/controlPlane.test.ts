import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/failure.ts';
import { checkRunRequest, controlPlaneRecord, guardModes } from '../../src/run/controlPlane.ts';

describe('checkRunRequest', () => {
  const request = {
    task: { id: 't', slug: 't', title: 'Task t' },
    pipeline: { id: 'p', title: 'P', stages: [{ id: 'a', kind: 'command' }] },
  };

  it('passes a complete request', () => {
    expect(() => checkRunRequest(request)).not.toThrow();
  });

  it('lists every fault at once', () => {
    let failure: unknown;
    try {
      checkRunRequest({
        task: { ...request.task, title: ' ' },
        pipeline: {
          id: 'p',
          title: '',
          stages: [
            { id: 'a', kind: 'command' },
            { id: '', kind: 'command' },
          ],
        },
      });
    } catch (error) {
      failure = error instanceof FailureError ? error.failure : error;
    }
    const message = 'must be a non-empty string';
    expect(failure).toEqual({
      kind: 'control-plane-rejected',
      errors: [
        { path: '$.task.title', message },
        { path: '$.pipeline.title', message },
        { path: '$.pipeline.stages[1].id', message },
      ],
    });
  });
});

describe('guardModes', () => {
  it.each([
    [{}, 'shadow'],
    [{ CODEX_CONTROL_PLANE_MODE: ' Enforce ' }, 'enforce'],
    [{ CODEX_CONTROL_PLANE_MODE: 'on' }, 'enforce'],
    [{ CODEX_CONTROL_PLANE_MODE: 'no', CODEX_CONTROL_PLANE_ENFORCE: '1' }, 'shadow'],
    [{ CODEX_CONTROL_PLANE_MODE: '', CODEX_CONTROL_PLANE_ENFORCE: '1' }, 'shadow'],
    [{ CODEX_CONTROL_PLANE_ENFORCE: 'yes' }, 'enforce'],
  ])('reads %j as %s', (env, mode) => {
    expect(guardModes(env).controlPlane).toBe(mode);
  });
});

describe('controlPlaneRecord', () => {
  it('says when enforcement began', () => {
    const now = '2026-01-01T00:00:00.000Z';
    expect(controlPlaneRecord('run-1', 'enforce', now)).toEqual({
      schema_id: 'codex.control-plane.run-request',
      schema_version: '2.0.0',
      request_id: 'run-1',
      validation: { mode: 'enforce', status: 'passed', timestamp: now, errors: [] },
      enforcement: { enabled: true, activated_at: now },
    });
    expect(controlPlaneRecord('run-1', 'shadow', now).enforcement).toEqual({
      enabled: false,
      activated_at: null,
    });
  });
});
