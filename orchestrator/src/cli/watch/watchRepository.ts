import { ownPlaces } from '../../pipeline/stageCache/cachePlaces.ts';
import type { TaskEnvironment } from '../../run/paths.ts';
import type { CliContext } from '../context.ts';
import { openGround } from './ground.ts';
import { openInputFiles } from './inputFiles.ts';
import { ownOutputFilter } from './ownOutput.ts';
import { createSettling } from './settling.ts';
import { createSpeaker } from './speaker.ts';
import { listenForStop } from './stopSignal.ts';
import { watchLoop } from './watchLoop.ts';
import type { WatchSession } from './watchSession.ts';

/**
 * What watching does to run a pipeline is handed to it: this part of the program is a chunk of its own, which no other
 * command loads.
 */
export interface WatchRequest extends Pick<WatchSession, 'choose' | 'begin'> {
  context: CliContext;
  env: TaskEnvironment;
  /** Absolute. */
  cacheDir: string;
  /** Where the stage cache keeps the hashes of this repository's files. */
  memoFile: string;
  isQuiet: boolean;
}

/** Watches a repository until somebody asks it to stop; see `startWatch`. */
export async function watchRepository(request: WatchRequest): Promise<number> {
  const { context, env, cacheDir, memoFile, choose, begin } = request;
  const stop = listenForStop(context.stdout);
  const settling = createSettling();
  const exclude = [...ownPlaces({ env }, cacheDir), ...outFolder(env)];
  const inputFiles = openInputFiles(env.repoRoot, memoFile, exclude);
  const isOwnOutput = ownOutputFilter(env.repoRoot);
  const ground = openGround(env.repoRoot, { settling, inputFiles, isOwnOutput });
  const speaker = createSpeaker(context, request.isQuiet);
  try {
    return await watchLoop({ stderr: context.stderr, choose, begin, stop, settling, ground, speaker });
  } finally {
    ground.close();
    settling.close();
    stop.close();
  }
}

/** The folder of all tasks, unless the repository lies in it. */
function outFolder({ repoRoot, outRoot }: TaskEnvironment): string[] {
  return `${repoRoot}/`.startsWith(`${outRoot}/`) ? [] : [outRoot];
}
