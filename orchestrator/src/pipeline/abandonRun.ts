import type { JournalEvent } from '../run/journalEvents.ts';
import { isTerminal } from '../run/liveness.ts';
import type { CommandRecord } from '../run/manifestTypes.ts';
import { finishScheduler } from '../run/schedulerRecord.ts';
import { errorMessage } from '../storage/errorMessage.ts';
import { record, type RunContext } from './runContext.ts';

/**
 * Says in the evidence, as far as the disk still takes it, that a run ended on an error of its own. Never throws.
 * A run that has ended already keeps its status: what failed then is only what is shared with other runs.
 */
export async function abandonRun(context: RunContext, error: unknown): Promise<void> {
  const { store } = context;
  if (!isTerminal(store.manifest)) {
    for (const event of lastEvents(context, errorMessage(error))) {
      try {
        record(context, event);
      } catch {
        // It may be the journal that refuses. Then the manifest alone tells how the run ended.
        store.apply({ ...event, timestamp: new Date().toISOString() });
      }
    }
    finishScheduler(store.manifest, new Date().toISOString());
  }
  try {
    await store.persist();
  } catch {
    // The disk that refused the evidence refuses this too; the error under way says so.
  }
}

/** The ends of the stages that were running, several in a graph, and then that of the run. */
function lastEvents(context: RunContext, reason: string): JournalEvent[] {
  const running = context.store.manifest.commands.filter((command) => command.status === 'running');
  const [first] = running;
  const end: JournalEvent = {
    type: 'run:end',
    status: 'failed',
    status_detail: first === undefined ? 'pipeline-failed' : `stage:${first.id}:error`,
    summary: `The run could not go on: ${reason}`,
    index: 0,
  };
  return [...running.map((command) => stageEnd(context, command, reason)), end];
}

function stageEnd({ store, plan }: RunContext, running: CommandRecord, reason: string): JournalEvent {
  const startedAt = running.started_at ?? '';
  const facts = {
    duration_ms: Date.now() - Date.parse(startedAt),
    status: 'failed' as const,
    summary: `Execution error: ${reason}`,
    stage_id: running.id,
    index: running.index,
  };
  const stage = plan.stages[running.index - 1];
  if (stage?.kind === 'subpipeline') {
    return { type: 'subpipeline:end', pipeline: stage.pipeline, child: null, ...facts };
  }
  const attempts = store.manifest.handles?.filter(
    (handle) => handle.stage_id === running.id && handle.created_at >= startedAt,
  );
  const outcome = { exit_code: null, signal: null, error_file: null, attempts: attempts?.length ?? 0 };
  return { type: 'command:end', ...outcome, ...facts };
}
