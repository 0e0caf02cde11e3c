import { JsonLinesWriter } from '../storage/jsonLinesWriter.ts';
import { errorCode } from '../storage/errorCode.ts';
import type { FileActivity } from '../storage/fileActivity.ts';
import { readJsonLines } from '../storage/readJsonLines.ts';
import type { JournalEvent, StampedEvent } from './journalEvents.ts';

/** The append-only record of one run (`runner.ndjson`). What is in it has happened; nothing is ever rewritten. */
export class Journal {
  readonly #lines: JsonLinesWriter;

  private constructor(lines: JsonLinesWriter) {
    this.#lines = lines;
  }

  /** Opens or creates the journal; a torn last line of a killed writer is repaired first. */
  static open(path: string, activity?: FileActivity): Journal {
    return new Journal(JsonLinesWriter.open(path, { activity, countedAs: 'journal' }));
  }

  /** Appends one fact in one write and returns it as written. Throws errno errors (disk full, read-only). */
  append(event: JournalEvent): StampedEvent {
    const timestamp = new Date().toISOString();
    const { index, ...facts } = event;
    // On disk the contract wants both as the last keys of a line.
    this.#lines.append({ ...facts, timestamp, index });
    return { ...event, timestamp };
  }

  /** Resolves when everything appended so far survives a power cut. Runs off the main thread. */
  sync(): Promise<void> {
    return this.#lines.sync();
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

/**
 * Reads the facts of a journal in order, one at a time. Lines that are not ours or are damaged are passed over:
 * a reader of evidence must get as far as it can.
 */
export async function* readJournal(path: string, activity?: FileActivity): AsyncGenerator<StampedEvent> {
  for await (const line of readJsonLines(path, { activity })) {
    if (line.kind === 'value' && isStamped(line.value)) yield line.value;
  }
}

/** Whether this orchestrator began the run: the first fact of its journal says so. Throws errno errors. */
export async function isOwnJournal(path: string): Promise<boolean> {
  try {
    for await (const event of readJournal(path)) return event.type === 'run:begin';
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return false;
}

function isStamped(value: unknown): value is StampedEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'timestamp' in value &&
    typeof value.timestamp === 'string' &&
    'index' in value &&
    typeof value.index === 'number'
  );
}
