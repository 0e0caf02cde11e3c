import { describe, expect, test } from 'vitest';
import { computeGuardrailStatus, guardrailAdvice, withGuardrailLine } from '../../src/run/guardrails.ts';
import type { CommandRecord, CommandStatus, GuardrailStatus } from '../../src/run/manifestTypes.ts';

const NOW = new Date('2026-01-02T03:04:05.678Z');

function command(overrides: Partial<CommandRecord>): CommandRecord {
  return {
    index: 1,
    id: 'stage',
    title: 'Stage',
    command: 'true',
    kind: 'command',
    status: 'succeeded',
    started_at: null,
    completed_at: null,
    exit_code: null,
    summary: null,
    log_path: null,
    error_file: null,
    sub_run_id: null,
    ...overrides,
  };
}

function statusOf(commands: CommandRecord[], required?: boolean | null): GuardrailStatus {
  const given = required === undefined ? {} : { guardrails_required: required };
  return computeGuardrailStatus({ commands, ...given }, NOW);
}

function guards(...statuses: CommandStatus[]): CommandRecord[] {
  return statuses.map((status, offset) => command({ id: `spec-guard-${offset + 1}`, status }));
}

describe('which stages are guardrails', () => {
  test.each([
    { id: 'spec-guard' },
    { id: 'docs:SPEC-GUARD' },
    { title: 'Run Spec-Guard now' },
    { command: 'node scripts/spec-guard.mjs --dry-run' },
    { command: 'node dist/SpecGuardRunner.js' },
  ])('%j is one', (overrides) => {
    expect(statusOf([command(overrides)]).counts.total).toBe(1);
  });

  test.each([{ id: 'specguard' }, { command: null, kind: 'subpipeline' as const }])(
    '%j is none',
    (overrides) => {
      expect(statusOf([command(overrides)]).counts.total).toBe(0);
    },
  );
});

describe('the status', () => {
  const failedAdvice = 'Fix what guardrail spec-guard-2 reports, then resume the run.';
  test.each<{ statuses: CommandStatus[]; summary: string; present: boolean; recommendation: string | null }>([
    { statuses: ['succeeded'], summary: '1 of 1 succeeded', present: true, recommendation: null },
    {
      statuses: ['succeeded', 'succeeded'],
      summary: '2 of 2 succeeded',
      present: true,
      recommendation: null,
    },
    {
      statuses: ['succeeded', 'failed'],
      summary: '1 of 2 failed',
      present: true,
      recommendation: failedAdvice,
    },
    {
      statuses: ['skipped', 'failed'],
      summary: '1 of 2 failed',
      present: false,
      recommendation: failedAdvice,
    },
    { statuses: ['skipped', 'skipped'], summary: '2 of 2 skipped', present: false, recommendation: null },
    {
      statuses: ['pending'],
      summary: '0 of 1 succeeded, 1 not finished',
      present: false,
      recommendation: null,
    },
    {
      statuses: ['succeeded', 'skipped', 'running'],
      summary: '1 of 3 succeeded, 1 skipped, 1 not finished',
      present: true,
      recommendation: null,
    },
  ])('of $statuses is "$summary"', ({ statuses, summary, present, recommendation }) => {
    expect(statusOf(guards(...statuses))).toMatchObject({
      present,
      recommendation,
      summary: `Guardrails: ${summary}.`,
      computed_at: '2026-01-02T03:04:05.678Z',
    });
  });

  test('counts every status', () => {
    const commands = guards('succeeded', 'failed', 'skipped', 'pending', 'running', 'succeeded');
    expect(statusOf([...commands, command({ id: 'build' })]).counts).toEqual({
      total: 6,
      succeeded: 2,
      failed: 1,
      skipped: 1,
      other: 2,
    });
  });

  test.each([
    { required: true, advised: true },
    { required: null, advised: true },
    { required: undefined, advised: true },
    { required: false, advised: false },
  ])('without any guardrail and guardrails_required $required', ({ required, advised }) => {
    const status = statusOf([command({ id: 'build' })], required);
    expect(status.summary).toBe('Guardrails: none found.');
    expect(status.present).toBe(false);
    expect(status.recommendation).toBe(
      advised
        ? 'Add a stage that runs spec-guard, or set "guardrailsRequired": false in the pipeline.'
        : null,
    );
  });
});

describe('the guardrail line of the run summary', () => {
  const passed = statusOf(guards('succeeded'));
  const failed = statusOf(guards('failed'));
  const advice = 'Fix what guardrail spec-guard-1 reports, then resume the run.';

  test('is the whole summary when there is none', () => {
    expect(withGuardrailLine(null, passed)).toBe('Guardrails: 1 of 1 succeeded.');
  });

  test('goes last and replaces an earlier one', () => {
    const before = 'guardrails: what another tool wrote\nBuilt.\nGuardrails: 1 of 1 failed.\nTested.';
    expect(withGuardrailLine(before, passed)).toBe('Built.\nTested.\nGuardrails: 1 of 1 succeeded.');
  });

  test('leaves the blank lines of what a stage printed', () => {
    const before = 'Stage "Test" failed: 1 test failed\n\nexpected 1, got 2';
    const once = withGuardrailLine(before, passed);
    expect(once).toBe(`${before}\nGuardrails: 1 of 1 succeeded.`);
    expect(withGuardrailLine(once, passed)).toBe(once);
    expect(withGuardrailLine('', passed)).toBe('Guardrails: 1 of 1 succeeded.');
  });

  test('stands after what to do about a guardrail that did not pass', () => {
    const once = withGuardrailLine('Built.', failed);
    expect(once).toBe(`Built.\n${advice}\nGuardrails: 1 of 1 failed.`);
    expect(withGuardrailLine(once, failed)).toBe(once);
    expect(guardrailAdvice(failed)).toBe(advice);
  });

  test('stands alone when another guardrail passed', () => {
    const mixed = statusOf(guards('succeeded', 'failed'));
    expect(withGuardrailLine(null, mixed)).toBe('Guardrails: 1 of 2 failed.');
    expect(guardrailAdvice(mixed)).toBeNull();
  });
});
