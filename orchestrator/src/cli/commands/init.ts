import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { initTemplate, type InitTemplate } from '../../config/initTemplate.ts';
import { CONFIG_FILE } from '../../config/loadConfig.ts';
import { FailureError } from '../../failure.ts';
import { replaceFile } from '../../storage/replaceFile.ts';
import type { CliContext } from '../context.ts';
import { resolveRoots } from '../environment.ts';
import { printable } from '../present/printable.ts';
import { count } from '../present/runLines.ts';
import { renderTable } from '../present/table.ts';
import { writeJson } from '../present/writeJson.ts';
import type { InitOptions } from './definitions/init.ts';

/** Writes a configuration that runs what would run without one, so that it can be changed. */
export async function runInit(options: InitOptions, context: CliContext): Promise<void> {
  const folder =
    options.cwd === undefined
      ? resolveRoots(context.env, context.cwd).repoRoot
      : path.resolve(context.cwd, options.cwd);
  requireFolder(folder);
  const file = path.join(folder, CONFIG_FILE);
  if (!options.print && !options.force && existsSync(file)) {
    throw new FailureError({ kind: 'file-exists', path: shown(file, context) });
  }
  const made = await initTemplate(folder, context.env);
  if (!made.ok) throw new FailureError(made.failure);
  const { template } = made;
  if (options.print) {
    context.stdout.write(template.text);
    return;
  }
  await replaceFile(file, template.text);
  if (options.format === 'json') writeJson(context.stdout, initJson(shown(file, context), template));
  else context.stdout.write(initText(shown(file, context), template));
}

function requireFolder(folder: string): void {
  if (statSync(folder).isDirectory()) return;
  throw new FailureError({ kind: 'storage', operation: 'scandir', path: folder, code: 'ENOTDIR' });
}

function shown(file: string, { cwd }: CliContext): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith('..') ? file : relative;
}

function initText(file: string, { pipeline, isDetected, reasons, skipped }: InitTemplate): string {
  const { id, stages } = pipeline;
  const rows = stages.map((stage) => [
    stage.id,
    stage.kind === 'command' ? stage.command : stage.pipeline,
    reasons.find((reason) => reason.stageId === stage.id)?.reason ?? '',
  ]);
  const next = isDetected
    ? `Next: codex-orchestrator start ${id}`
    : 'Nothing was detected here, so the stages are examples. Next: put your commands into the file.';
  const lines = [
    `Wrote ${file}: pipeline ${id} with ${count(stages.length, 'stage')}.`,
    ...renderTable(rows.map((row) => row.map(printable))),
    ...skipped.map(({ what, reason }) => `  left out: ${printable(what)} (${printable(reason)})`),
    next,
  ];
  return `${lines.join('\n')}\n`;
}

function initJson(
  file: string,
  { pipeline, isDetected, reasons, skipped }: InitTemplate,
): Record<string, unknown> {
  return { status: 'written', path: file, detected: isDetected, pipeline, reasons, skipped };
}
