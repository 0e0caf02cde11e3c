import { statSync } from 'node:fs';
import path from 'node:path';
import { isOnPath } from '../../config/findOnPath.ts';
import { loadConfig } from '../../config/loadConfig.ts';
import { SHIPPED_PIPELINES } from '../../config/shippedPipelines.ts';
import type { CommandStage, LoadedConfig } from '../../config/types.ts';
import { configProblemText } from '../present/configProblemText.ts';
import { failureText } from '../present/failureText.ts';
import { count } from '../present/runLines.ts';
import { fail, ok, warn, type Check } from './check.ts';

/** Checks the configuration, or what detection makes of the repository, and the programs its stages begin with. */
export async function checkConfig(repoRoot: string, env: NodeJS.ProcessEnv): Promise<Check[]> {
  const result = await loadConfig(repoRoot, env);
  if (!result.ok) {
    const [first = '', ...rest] = failureText(result.failure).split('\n');
    return [fail('configuration', first.replace(/\.$/, ''), rest.join('\n'))];
  }
  const { loaded } = result;
  const own = loaded.config.pipelines.filter((pipeline) => !SHIPPED_PIPELINES.includes(pipeline));
  const stages = own.flatMap((pipeline) => pipeline.stages);
  return [
    checkLoaded(loaded, own.length),
    checkPrograms(
      stages.filter((stage) => stage.kind === 'command'),
      repoRoot,
      env,
    ),
  ];
}

/** Counts the pipelines that are the repository's own. */
function checkLoaded({ file, warnings }: LoadedConfig, pipelines: number): Check {
  const amount = count(pipelines, 'pipeline');
  if (warnings.length > 0) {
    const advice = configProblemText(warnings);
    return warn(
      'configuration',
      `${file ?? 'detected'}: ${amount}, ${count(warnings.length, 'warning')}`,
      advice,
    );
  }
  return ok('configuration', file === null ? `no file; ${amount} detected` : `${file}: ${amount}`);
}

function checkPrograms(stages: readonly CommandStage[], repoRoot: string, env: NodeJS.ProcessEnv): Check {
  const missing = new Map<string, string[]>();
  for (const stage of stages) {
    const program = firstProgram(stage.command);
    if (program === null || isThere(program, stage, repoRoot, env)) continue;
    missing.set(program, [...(missing.get(program) ?? []), stage.id]);
  }
  if (missing.size === 0) return ok('programs', 'every program that a stage begins with is there');
  const list = [...missing].map(([program, ids]) => `${program} (${ids.join(', ')})`).join('; ');
  return warn(
    'programs',
    `not found: ${list}`,
    'Install them or put them on PATH, or these stages will fail.',
  );
}

const WORDS_OF_THE_SHELL = new Set(
  (
    '. : [ alias bg break case cd command continue echo eval exec exit export false fg for function hash if jobs kill ' +
    'printf pwd read readonly return set shift source test then time times trap true type ulimit umask unset until wait while {'
  ).split(' '),
);

/** The program that shell text runs first; null where that cannot be told without a shell. */
export function firstProgram(command: string): string | null {
  const words = command.trim().split(/\s+/);
  const first = words.find((word) => !/^[A-Za-z_]\w*=\S*$/.test(word));
  if (first === undefined || WORDS_OF_THE_SHELL.has(first)) return null;
  return /^[\w./+@%:-]+$/.test(first) ? first : null;
}

function isThere(program: string, stage: CommandStage, repoRoot: string, env: NodeJS.ProcessEnv): boolean {
  if (!program.includes('/')) return isOnPath(program, { ...env, ...stage.env });
  const file = path.resolve(repoRoot, stage.cwd ?? '', program);
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
