import type { CommandStage, Stage, StageCacheConfig } from '../../config/types.ts';
import type { StageForecast } from '../../pipeline/stageCache/forecast.ts';
import type { PlanView } from './planView.ts';
import { reasonFor } from './planView.ts';
import { printable } from './printable.ts';

/** What `plan` prints for a person: the pipeline, then each stage with its details indented. */
export function planText(view: PlanView): string {
  const { id, title, description, stages } = view.pipeline;
  const target = view.plan.items.find((item) => item.selected)?.metadata.stageId;
  const lines = [
    `Pipeline: ${printable(id)} — ${printable(title)} [${view.source}]`,
    ...(description === null ? [] : [`  ${printable(description)}`]),
    `  from: ${originOf(view)}`,
    'Stages:',
    ...(stages.length === 0 ? ['  (none)'] : []),
    ...stages.flatMap((stage, offset) => [
      `  ${offset + 1}. [${stage.kind}] ${printable(stage.title)} (${printable(stage.id)})`,
      ...details(view, stage, stage.id === target).map(
        ([name, value]) => `     ${name}: ${printable(value)}`,
      ),
    ]),
    ...(view.forecasts === null ? [] : ['A run now:', ...view.forecasts.flatMap(forecastLines)]),
    ...view.skipped.map(({ what, reason }) => `  left out: ${printable(what)} (${printable(reason)})`),
  ];
  return `${lines.join('\n')}\n`;
}

function originOf({ file, isShipped }: PlanView): string {
  if (isShipped) return 'shipped with codex-orchestrator';
  return file ?? 'detected in this repository (no codex.orchestrator.json)';
}

function details(view: PlanView, stage: Stage, isTarget: boolean): [string, string][] {
  const own: [string, string][] =
    stage.kind === 'command'
      ? commandDetails(stage)
      : [['pipeline', stage.pipeline], ...flag('optional', stage.optional)];
  const reason = reasonFor(view, stage);
  return [
    ...own,
    ...(stage.needs === undefined ? [] : [pair('needs', stage.needs.join(', ') || 'nothing')]),
    ...flag('target', isTarget),
    ...(reason === null ? [] : [pair('why', reason)]),
  ];
}

function commandDetails(stage: CommandStage): [string, string][] {
  const { command, cwd, env, allowFailure, summaryHint, timeoutSeconds, retries, cache } = stage;
  const rows: [string, string | undefined][] = [
    ['command', command],
    ['cwd', cwd],
    [
      'env',
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ') || undefined,
    ],
    ['allow failure', allowFailure ? 'yes' : undefined],
    ['timeout', timeoutSeconds === undefined ? undefined : `${timeoutSeconds} s`],
    ['retries', retries === 0 ? undefined : String(retries)],
    ['summary', summaryHint],
    ['cache', cache && cacheText(cache)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function cacheText({ inputs, outputs, env }: StageCacheConfig): string {
  const parts = [
    `inputs ${inputs.join(' ')}`,
    ...(outputs.length === 0 ? [] : [`outputs ${outputs.join(' ')}`]),
    ...(env.length === 0 ? [] : [`variables ${env.join(' ')}`]),
  ];
  return parts.join('; ');
}

/** What would become of a stage, and on further lines why. */
function forecastLines({ path, forecast, sourceRunId, why, unless }: StageForecast): string[] {
  const stage = `  ${path.map(printable).join(' › ')}:`;
  if (forecast === 'always-runs') return [`${stage} runs, as it always does (it has no cache)`];
  const condition =
    unless.length === 0 ? '' : `, unless ${unless.map(printable).join(', ')} changes what it depends on`;
  if (forecast === 'runs')
    return [`${stage} runs${condition}`, ...why.map((line) => `     ${printable(line)}`)];
  return [`${stage} is restored from run ${sourceRunId}${condition}`];
}

function pair(name: string, value: string): [string, string] {
  return [name, value];
}

function flag(name: string, isSet: boolean): [string, string][] {
  return isSet ? [[name, 'yes']] : [];
}
