import { expect, test } from 'vitest';
import { createPresenter, type PresenterOptions } from '../../../src/cli/present/presenter.ts';
import { memoryStream } from './memoryStream.ts';
import { RUN_ID, runScript } from './runEvents.ts';

function presenter(options: Partial<PresenterOptions>, isTTY = false) {
  const stdout = memoryStream({ isTTY });
  const stderr = memoryStream({ isTTY });
  const made = createPresenter({ format: 'text', stdout, stderr, env: {}, version: '0.1.0', ...options });
  return { ...made, stdout, stderr };
}

const HEADER = `codex-orchestrator 0.1.0 · diagnostics · 1 stage · run ${RUN_ID}\n`;

test('text goes to stdout', () => {
  const { mode, listener, stdout, stderr } = presenter({});
  listener(runScript().started(['build']));
  expect([mode, stdout.text(), stderr.text()]).toEqual(['plain', HEADER, '']);
});

test('with JSON stdout stays empty and progress goes to stderr', () => {
  const { mode, listener, stdout, stderr } = presenter({ format: 'json' });
  listener(runScript().started(['build']));
  expect([mode, stdout.text(), stderr.text()]).toEqual(['plain', '', HEADER]);
});

test('JSON with --quiet says nothing', () => {
  const { mode, listener, stderr } = presenter({ format: 'json', quiet: true });
  listener(runScript().started(['build']));
  expect([mode, stderr.text()]).toEqual(['silent', '']);
});

test('the view is live on a terminal by default and plain when told so', () => {
  const open = presenter({}, true);
  open.close();
  expect(open.mode).toBe('live');
  expect(presenter({ interactive: false }, true).mode).toBe('plain');
  expect(presenter({ quiet: true }, true).mode).toBe('plain');
  expect(presenter({ env: { CI: 'true' } }, true).mode).toBe('plain');
});

test('the reason is said only when the live view was asked for', () => {
  expect(presenter({ interactive: true }).stderr.text()).toBe('Live view is off: non-tty output streams.\n');
  expect(presenter({ interactive: false }).stderr.text()).toBe('');
  expect(presenter({}).stderr.text()).toBe('');
});
