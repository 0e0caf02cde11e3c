import { jsonDocument, replaceFile, replaceFileSync } from '../storage/replaceFile.ts';
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
  #interimWrites = 0;
  #lastWriteMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;
  #queued: Promise<void> | null = null;

  constructor(path: string, manifest: Manifest) {
    this.#path = path;
    this.manifest = manifest;
  }

  /** Takes a fact into the manifest in memory. */
  apply(event: StampedEvent): void {
    project(this.manifest, event);
  }

  /** First write of a new manifest, synchronous because no stage may start before it is on disk. */
  create(): void {
    this.#stamp();
    replaceFileSync(this.#path, jsonDocument(this.manifest));
  }

  /** Tells that a stage has begun or ended; an interim write follows if the budget allows one by now. */
  noteTransition(): void {
    if (this.#timer !== null || this.#writing !== null || !this.#budgetLeft()) return;
    const wait = this.#lastWriteMs + WINDOW_MS - Date.now();
    if (wait <= 0) return this.#writeInterim();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#budgetLeft()) this.#writeInterim();
    }, wait);
    this.#timer.unref();
  }

  /**
   * Writes the manifest as it is now and resolves when it is on disk. Never two writes at once: a request made
   * during a write is served by one further write. Rejects with the errno error of the write it waited for.
   */
  persist(): Promise<void> {
    this.#cancelInterim();
    if (this.#writing === null) return this.#write();
    this.#queued ??= this.#writing.catch(ignore).then(() => {
      this.#queued = null;
      return this.#write();
    });
    return this.#queued;
  }

  /** Ends interim writing and waits for a write under way. Its error, if any, is for `persist` callers. */
  async close(): Promise<void> {
    this.#cancelInterim();
    await (this.#queued ?? this.#writing)?.catch(ignore);
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
    // A failure here is not lost: the disk that refuses this write refuses the final one too, which is awaited.
    this.#write().catch(ignore);
  }

  #write(): Promise<void> {
    this.#stamp();
    const write = replaceFile(this.#path, jsonDocument(this.manifest)).finally(() => {
      this.#lastWriteMs = Date.now();
      if (this.#writing === write) this.#writing = null;
    });
    this.#writing = write;
    return write;
  }

  #stamp(): void {
    this.#lastWriteMs = Date.now();
    this.manifest.updated_at = new Date(this.#lastWriteMs).toISOString();
  }

  #cancelInterim(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function ignore(): void {}
