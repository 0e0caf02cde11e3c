import type { CliContext } from '../context.ts';
import type { Check } from '../doctor/check.ts';
import { checkConfig } from '../doctor/configChecks.ts';
import { checkRepository, checkWritable } from '../doctor/folderChecks.ts';
import { checkDeadLocks, checkDeadRuns } from '../doctor/leftoverChecks.ts';
import { checkDisk, checkGit, checkNode } from '../doctor/machineChecks.ts';
import { resolveEnvironment } from '../environment.ts';
import { EXIT } from '../exitCodes.ts';
import { doctorText } from '../present/doctorText.ts';
import { createStyle } from '../present/style.ts';
import { writeJson } from '../present/writeJson.ts';
import type { DoctorOptions } from './definitions/doctor.ts';

/** Checks everything a run needs. Changes nothing. Exit code 1 when a check fails, warnings do not count. */
export async function runDoctor({ format }: DoctorOptions, context: CliContext): Promise<number> {
  const env = resolveEnvironment({ env: context.env, cwd: context.cwd, rootMayBeMissing: true });
  const checks: Check[] = [
    checkNode(process.version),
    checkGit(context.env),
    checkRepository(env.repoRoot),
    checkWritable('runs folder', env.runsRoot, 'CODEX_ORCHESTRATOR_RUNS_DIR'),
    checkWritable('out folder', env.outRoot, 'CODEX_ORCHESTRATOR_OUT_DIR'),
    await checkDisk(env.runsRoot),
    ...(await checkConfig(env.repoRoot, context.env)),
    await checkDeadRuns(env),
    await checkDeadLocks(env),
  ];
  const hasFailed = checks.some(({ status }) => status === 'fail');
  if (format === 'json') writeJson(context.stdout, { status: hasFailed ? 'fail' : 'ok', checks });
  else context.stdout.write(doctorText(checks, createStyle(context.stdout, context.env)));
  return hasFailed ? EXIT.runFailed : EXIT.ok;
}
