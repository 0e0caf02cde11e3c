import { VERSION } from '../../version.ts';
import type { CliContext } from '../context.ts';
import { writeJson } from '../present/writeJson.ts';
import type { SelfCheckOptions } from './definitions/selfCheck.ts';

/** Shows that the program loads and knows itself. */
export async function runSelfCheck({ format }: SelfCheckOptions, context: CliContext): Promise<void> {
  const report = {
    status: 'ok',
    name: 'codex-orchestrator',
    version: VERSION,
    node: process.version,
    timestamp: context.now().toISOString(),
  };
  if (format === 'json') writeJson(context.stdout, report);
  else context.stdout.write(`${report.name} ${report.version} works on Node ${report.node}.\n`);
}
