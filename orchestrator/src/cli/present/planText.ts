import type { CommandStage, Stage } from '../../config/types.ts';
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
    ...flag('target', isTarget),
    ...(reason === null ? [] : [['why', reason] as [string, string]]),
  ];
}

function commandDetails(stage: CommandStage): [string, string][] {
  const { command, cwd, env, allowFailure, summaryHint, timeoutSeconds, retries } = stage;
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
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function flag(name: string, isSet: boolean): [string, string][] {
  return isSet ? [[name, 'yes']] : [];
}
