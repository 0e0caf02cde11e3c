import type { CommandStage } from '../config/types.ts';
import type { OutputSink } from '../process/outputSink.ts';
import type { StageLog } from '../process/stageLog.ts';
import { emit, type RunContext } from './runContext.ts';

/** Where a stage prints to: passes its output on to the stage log and tells the listener of it. */
export function observedOutput(
  context: RunContext,
  { stage, index, log }: { stage: CommandStage; index: number; log: StageLog },
): OutputSink {
  const sink: OutputSink = {
    onDrain: null,
    write(stream, data) {
      emit(context, {
        type: 'stage:output',
        stageId: stage.id,
        stageIndex: index,
        title: stage.title,
        stream,
        data,
      });
      return log.write(stream, data);
    },
  };
  log.onDrain = () => sink.onDrain?.();
  return sink;
}
