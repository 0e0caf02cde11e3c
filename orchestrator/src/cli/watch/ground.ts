import { FailureError } from '../../failure.ts';
import { listKey, type SeenFiles } from './changes.ts';
import { watchFolders, type WatchLimit } from './folderWatches.ts';
import type { InputFiles } from './inputFiles.ts';
import { isDraft } from './isDraft.ts';
import { readConfigText } from './readConfigText.ts';
import type { Settling } from './settling.ts';

/** What is looked at. */
export interface LookRequest {
  /** Lists of input globs; the same may come more than once. */
  lists: readonly (readonly string[])[];
  /** Whether a file is an output of a stage, so that its changes mean nothing. */
  isOutput: (path: string) => boolean;
}

/** How everything stood at one moment. */
export interface Look {
  /** For each list of globs the files that it chooses, without drafts, outputs and what this process prints into. */
  lists: ReadonlyMap<string, SeenFiles>;
  /** The configuration file; null when there is none. */
  config: string | null;
  /** The limit of the system that keeps folders from being watched; null: all of them are. */
  limit: WatchLimit | null;
  /** Why git could not be asked this time; {@link Look.lists} are then those of the look before. */
  trouble: FailureError | null;
}

/** A repository under watch. */
export interface Ground {
  /**
   * Looks at files. What changes afterwards is noted: all folders were under watch before they were looked at. A git
   * that cannot be asked is no reason to give up: somebody is perhaps writing its configuration. It is asked again later.
   *
   * @throws FailureError when git cannot be asked the first time; errno errors when the repository cannot be read.
   */
  look(request: LookRequest): Promise<Look>;
  close(): void;
}

/** What a ground needs to know about the world. */
export interface GroundParts {
  settling: Settling;
  /** Looks at what a list of globs chooses. */
  inputFiles: (globs: readonly string[]) => Promise<InputFiles>;
  /** Whether a file is one that this process prints into. */
  isOwnOutput: (path: string) => boolean;
  /** Puts folders under watch; see there. */
  watch?: typeof watchFolders;
}

/** With folders that cannot be watched, or trouble, everything is looked at again after this time, in ms. */
const POLL_MS = 2_000;

/** New folders show up while they are looked for; whoever makes them without end gets another look later. */
const MOST_ROUNDS = 5;

/** Puts a repository under watch, bit by bit as it is looked at. */
export function openGround(
  repoRoot: string,
  { settling, inputFiles, isOwnOutput, watch = watchFolders }: GroundParts,
): Ground {
  const watches = watch(repoRoot, () => settling.note());
  /** What was found the last time: comparing and keeping one and the same is cheap. */
  const known = new Map<string, { digest: string; isOutput: LookRequest['isOutput']; files: SeenFiles }>();
  let latest: Look | null = null;
  let poll: NodeJS.Timeout | undefined;

  const filesOf = (key: string, { digest, files }: InputFiles, { isOutput }: LookRequest): SeenFiles => {
    const last = known.get(key);
    const earlier = last?.isOutput === isOutput ? last : null;
    if (earlier?.digest === digest) return earlier.files;
    const isWanted = (file: string): boolean => !isDraft(file) && !isOutput(file) && !isOwnOutput(file);
    // Most files are as they were, and known to be wanted.
    const wanted = new Map(
      [...files()].filter(([file, content]) => earlier?.files.get(file) === content || isWanted(file)),
    );
    known.set(key, { digest, isOutput, files: wanted });
    return wanted;
  };
  const once = async (request: LookRequest): Promise<{ look: Look; isComplete: boolean }> => {
    const lists = new Map<string, SeenFiles>();
    const folders = new Set(['']);
    const config = await readConfigText(repoRoot);
    for (const globs of new Map(request.lists.map((each) => [listKey(each), each])).values()) {
      const found = await inputFiles(globs);
      for (const folder of found.folders) folders.add(folder);
      lists.set(listKey(globs), filesOf(listKey(globs), found, request));
    }
    const isComplete = !watches.cover(folders);
    return { look: { lists, config, limit: watches.limit, trouble: null }, isComplete };
  };
  const untilComplete = async (request: LookRequest): Promise<Look> => {
    let { look, isComplete } = await once(request);
    for (let round = 1; !isComplete && round < MOST_ROUNDS; round += 1) {
      ({ look, isComplete } = await once(request));
    }
    // Lists of former configurations.
    for (const key of known.keys()) if (!look.lists.has(key)) known.delete(key);
    if (!isComplete) settling.note();
    return look;
  };
  const asBefore = async (error: unknown): Promise<Look> => {
    if (latest === null || !(error instanceof FailureError)) throw error;
    return { ...latest, config: await readConfigText(repoRoot), trouble: error };
  };
  return {
    async look(request) {
      clearTimeout(poll);
      latest = await untilComplete(request).catch(asBefore);
      if (latest.limit !== null || latest.trouble !== null) {
        poll = setTimeout(() => settling.note(), POLL_MS);
      }
      return latest;
    },
    close() {
      clearTimeout(poll);
      watches.close();
    },
  };
}
