import type { FileActivity } from '../storage/fileActivity.ts';
import { jsonDocument, replaceFile, replaceFileSync, type ReplaceOptions } from '../storage/replaceFile.ts';
import type { StampedEvent } from './journalEvents.ts';
import type { Manifest } from './manifestTypes.ts';
import { project } from './projection.ts';

/** Shortest time between two replaces of the manifest while stages run, in ms. */
const WINDOW_MS = 1_000;

/** Share of a run's stages that may cause a replace of their own, and the least number of such replaces. */
const INTERIM_SHARE = 0.3;
const INTERIM_MINIMUM = 3;

/**
 * Keeps the manifest of a live run in memory and on disk. Facts reach it as journal events; the file is replaced
 * when `persist` asks for it and, in between, seldom: at most max(3, 30 % of the stages) times, spread over the
 * run and never twice within a second. Nobody waits for those interim writes, since the journal already holds
 * what they would say.
 */
export class ManifestStore {
  readonly manifest: Manifest;
  readonly #path: string;
  readonly #options: ReplaceOptions;
  #interimWrites = 0;
  #lastWriteMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;

  constructor(path: string, manifest: Manifest, activity?: FileActivity) {
    this.#path = path;
    this.#options = { activity, countedAs: 'manifest' };
    this.manifest = manifest;
  }

  /** Takes a fact into the manifest in memory. */
  apply(event: StampedEvent): void {
    project(this.manifest, event);
  }

  /** Writes the manifest at once; for its first write, since no stage may start before it is on disk. */
  create(): void {
    this.#stamp();
    replaceFileSync(this.#path, jsonDocument(this.manifest), this.#options);
  }

  /** Tells that a stage has begun or ended; an interim write follows if the budget allows one by now. */
  noteTransition(): void {
    if (this.#timer !== null || this.#writing !== null || !this.#budgetLeft()) return;
    const wait = this.#lastWriteMs + WINDOW_MS - Date.now();
    if (wait <= 0) return this.#writeInterim();
    // A clock that was set back must not hold writes up until it is where it was.
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        if (this.#budgetLeft()) this.#writeInterim();
      },
      Math.min(wait, WINDOW_MS),
    );
    this.#timer.unref();
  }

  /**
   * Writes the manifest as it is now; it is on disk when this resolves. Never two writes at once: an interim write
   * under way is waited for. Rejects with the errno error of the file system. Synchronous at heart: a run waits
   * for these few writes, and the thread pool would more than double what they cost (0.6 against 1.4 ms).
   */
  async persist(): Promise<void> {
    await this.close();
    this.create();
  }

  /** Ends interim writing and waits for a write under way. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#writing;
  }

  #budgetLeft(): boolean {
    const commands = this.manifest.commands;
    const ended = commands.filter(
      (command) => command.status !== 'pending' && command.status !== 'running',
    ).length;
    const budget = Math.max(INTERIM_MINIMUM, Math.floor(INTERIM_SHARE * commands.length));
    return this.#interimWrites < Math.ceil((budget * ended) / commands.length);
  }

  #writeInterim(): void {
    this.#interimWrites += 1;
    this.#stamp();
    // A failure here is not lost: the disk that refuses this write refuses the final one too, which is awaited.
    this.#writing = replaceFile(this.#path, jsonDocument(this.manifest), this.#options)
      .catch(() => {})
      .finally(() => {
        this.#writing = null;
      });
  }

  #stamp(): void {
    this.#lastWriteMs = Date.now();
    this.manifest.updated_at = new Date(this.#lastWriteMs).toISOString();
  }
}
