import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../tools/bundle.ts';
import { checkDocs } from '../../tools/specGuard/checkDocs.ts';
import { findingText } from '../../tools/specGuard/finding.ts';
import { makeRepo } from '../support/sandboxRepo.ts';
import type { SandboxRepo } from '../support/sandboxRepo.ts';

const TODAY = new Date('2026-11-22T12:00:00Z');
const FRONT_MATTER = `---
id: a
title: About a
status: draft
owner: us
last_review: 2026-11-01
---
`;

let repo: SandboxRepo;

beforeEach(async () => {
  repo = await makeRepo();
});
afterEach(() => repo.cleanup());

/** What is found in a repository of these files. */
async function found(files: Record<string, string>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) await repo.write(name, text);
  const { findings } = await checkDocs(repo.root, TODAY);
  return findings.map(findingText);
}

it('accepts a specification with front matter and links that lead somewhere', async () => {
  const text = `${FRONT_MATTER}
# A heading, with \`code\` & [a link](../../README.md)!

To [itself](#a-heading-with-code--a-link), [the readme](/README.md "title"), [a folder](../specs/), [the
run](../../.runs/0101/cli/r/manifest.json), [its history](../../.runs/0101/metrics.json), [the web](https://example.org/x),
[by reference][ref] and ![an image](<a picture.png>).

[ref]: ../../README.md#usage
`;
  const files = {
    'README.md': '# Title\n\nUsage\n-----\n',
    'docs/specs/a.md': text,
    'docs/specs/a picture.png': '',
    '.runs/0101/cli/r/manifest.json': '{"version": 1}\n',
    '.runs/0101/metrics.json': '{"run_id": "r"}\n\n{"run_id": "s"}\n',
  };
  expect(await found(files)).toEqual([]);
});

it.each([
  'docs/TECH_SPEC-a.md',
  'docs/SPEC.md',
  'docs/PRD-a.md',
  'docs/ACTION_PLAN-a.md',
  'docs/specs/deep/a.md',
])('asks %s for front matter', async (file) => {
  expect(await found({ [file]: '# A\n' })).toEqual([
    `${file}:1:1: error: has no front matter; expected "---", the keys id, title, status, owner, last_review, and "---"`,
  ]);
});

it('asks other documents for none', async () => {
  expect(
    await found({ 'docs/cli.md': '# A\n', 'docs/specs/README.md': '# A\n', 'README.md': '# A\n' }),
  ).toEqual([]);
});

it('lists everything that is wrong with a front matter', async () => {
  const text = '---\nid: a\ntitle:\nstatus: ready\nowner\n# a comment\nlast_review: 2026-02-30\n---\n';
  expect(await found({ 'docs/specs/a.md': text })).toEqual([
    'docs/specs/a.md:1:1: error: front matter has no "owner"',
    'docs/specs/a.md:3:1: error: "title" is empty',
    'docs/specs/a.md:4:9: error: found status "ready"; expected draft, active, done, superseded',
    'docs/specs/a.md:5:1: error: found "owner"; expected "key: value"',
    'docs/specs/a.md:7:14: error: found last_review "2026-02-30"; expected a date like 2026-01-31',
  ]);
});

it('finds an id that is used twice', async () => {
  expect(await found({ 'docs/specs/a.md': FRONT_MATTER, 'docs/specs/b.md': FRONT_MATTER })).toEqual([
    'docs/specs/b.md:2:5: error: the id "a" is taken by docs/specs/a.md',
  ]);
});

it('only warns of a review that lies long ago', async () => {
  const reviewed = (date: string): string => FRONT_MATTER.replace('2026-11-01', date);
  expect(await found({ 'docs/specs/a.md': reviewed('2026-08-24') })).toEqual([]);
  expect(await found({ 'docs/specs/a.md': reviewed('2026-08-23') })).toEqual([
    'docs/specs/a.md:6:14: warning: last reviewed 91 days ago; a review is due every 90 days',
  ]);
});

it('finds links that lead nowhere, in order', async () => {
  const text = `See [a](missing.md) and [b](cli.md#no-such) and [c](#nor-this),
[d](../../elsewhere.md), [\`e\`](/docs/gone.md "title")
and <img src="lost.png">.

[f]: nowhere.md
`;
  expect(await found({ 'docs/a.md': text, 'docs/cli.md': '# Commands\n' })).toEqual([
    'docs/a.md:1:9: error: docs/missing.md does not exist',
    'docs/a.md:1:29: error: docs/cli.md has no heading for #no-such',
    'docs/a.md:1:53: error: docs/a.md has no heading for #nor-this',
    'docs/a.md:2:5: error: the link to ../../elsewhere.md leads out of the repository',
    'docs/a.md:2:32: error: docs/gone.md does not exist',
    'docs/a.md:3:15: error: docs/lost.png does not exist',
    'docs/a.md:5:6: error: docs/nowhere.md does not exist',
  ]);
});

it('reads no links out of code and comments', async () => {
  const text =
    'Write `[a](b.md)`.\n\n```md\n[a](b.md)\n```\n\n<!-- [a](b.md) -->\n\n~~~~\n~~~\n[a](b.md)\n~~~~\n';
  expect(await found({ 'docs/a.md': text })).toEqual([]);
});

it('knows headings that repeat and anchors that are set by hand', async () => {
  const text = '# One\n## One\n<a id="by-hand"></a>\n\n[a](#one) [b](#one-1) [c](#by-hand) [d](#one-2)\n';
  expect(await found({ 'README.md': text })).toEqual([
    'README.md:5:41: error: README.md has no heading for #one-2',
  ]);
});

it('parses linked evidence', async () => {
  const text =
    '[run](../.runs/r/manifest.json)\n[all](../.runs/metrics.json)\n[log](../.runs/runner.ndjson)\n';
  const files = {
    'docs/a.md': text,
    '.runs/r/manifest.json': '{\n  "version": 1,\n}\n',
    '.runs/metrics.json': '{"a": 1}\n{"a": \n',
    '.runs/runner.ndjson': '{"a": 1}\n',
  };
  expect(await found(files)).toEqual([
    'docs/a.md:1:7: error: .runs/r/manifest.json does not parse: PropertyNameExpected at 3:1',
    'docs/a.md:2:7: error: .runs/metrics.json does not parse: ValueExpected at 2:7',
  ]);
});

it('takes evidence named as code in a specification for a link', async () => {
  const text = 'Run: `.runs/0101/cli/r/manifest.json`, `out/0101/state.json`, `.runs/<task>/metrics.json`\n';
  expect(await found({ 'docs/specs/a.md': `${FRONT_MATTER}${text}`, 'docs/a.md': text })).toEqual([
    'docs/specs/a.md:8:7: error: .runs/0101/cli/r/manifest.json does not exist',
    'docs/specs/a.md:8:41: error: out/0101/state.json does not exist',
  ]);
});

/** Runs the tool as `npm run spec-guard` does. */
function runTool(): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const tool = path.join(PACKAGE_ROOT, 'orchestrator/tools/specGuard.ts');
  const args = ['--import', import.meta.resolve('tsx'), tool];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: repo.root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

it('fails for errors and not for warnings', async () => {
  await repo.write('docs/specs/a.md', FRONT_MATTER.replace('2026-11-01', '2020-01-01'));
  const warned = await runTool();
  expect(warned).toMatchObject({ code: 0, stderr: '' });
  expect(warned.stdout).toMatch(
    /^docs\/specs\/a\.md:6:14: warning: .*\nspec-guard: 1 document \(1 specification\), 0 errors, 1 warning\n$/,
  );
  await repo.write('docs/b.md', '[c](c.md)');
  const failed = await runTool();
  expect(failed).toMatchObject({ code: 1, stderr: '' });
  expect(failed.stdout).toContain('docs/b.md:1:5: error: docs/c.md does not exist\n');
  expect(failed.stdout).toContain('spec-guard: 2 documents (1 specification), 1 error, 1 warning\n');
});
