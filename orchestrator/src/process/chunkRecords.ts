import { isUtf8 } from 'node:buffer';
import { escapeJson } from './escapeJson.ts';
import { type GrowingBuffer, viewOf } from './growingBuffer.ts';
import type { OutputStream } from './outputSink.ts';
import { findSecret, type SecretRule } from './secretRules.ts';
import { incompleteTail } from './utf8Chunks.ts';

/** What the records of one attempt have in common. */
export interface ChunkRecordOptions {
  correlationId: string;
  /** 1 for the first try of a stage. */
  attempt: number;
  stageIndex: number;
  /** Told about every record whose text breaks a secret rule. */
  onTouched?: ((touched: { sequence: number; stream: OutputStream } & SecretRule) => void) | undefined;
}

/** A record is closed when it has so many bytes of output; it never has more than {@link CARRY_BYTES} beyond that. */
const RECORD_BYTES = 65_536;
/** The longest beginning of a character. */
const CARRY_BYTES = 3;

/**
 * Turns the output of one attempt into `exec:chunk` lines. Consecutive pieces of one stream are held until
 * {@link ChunkRecords.flush} and become one record. A character that is cut in two goes into the stream's next record
 * as a whole. A record with bytes that are not UTF-8 carries them all as `base64` besides the readable `data`.
 */
export class ChunkRecords {
  /** Number of records so far; the sequence of the last one. */
  count = 0;

  readonly #options: ChunkRecordOptions;
  readonly #heads: Record<OutputStream, string>;
  readonly #tail: string;
  /**
   * Bytes of the record that is being gathered, from one stream only. Made with the first output: most stages print little
   * or nothing, and starting a process takes longer the more memory this one has.
   */
  #held: Buffer = NOTHING;
  #view = viewOf(NOTHING);
  #length = 0;
  #stream: OutputStream = 'stdout';
  /** The beginning of a character at the end of each stream's last record. */
  readonly #carried: Record<OutputStream, Buffer> = { stdout: NOTHING, stderr: NOTHING };

  constructor(options: ChunkRecordOptions) {
    this.#options = options;
    this.#heads = { stdout: lineHead(options, 'stdout'), stderr: lineHead(options, 'stderr') };
    this.#tail = `","index":${options.stageIndex}}\n`;
  }

  /** Bytes that are in no record yet. */
  get held(): number {
    return this.#length;
  }

  /** Takes a piece of output; records that are full on the way go to `target`. */
  add(stream: OutputStream, chunk: Buffer, target: GrowingBuffer): void {
    if (this.#held === NOTHING) {
      this.#held = Buffer.allocUnsafeSlow(RECORD_BYTES + CARRY_BYTES);
      this.#view = viewOf(this.#held);
    }
    if (stream !== this.#stream || this.#length + chunk.length > this.#held.length) this.flush(target);
    this.#stream = stream;
    for (let from = 0; from < chunk.length; ) {
      if (this.#length === 0) this.#pickUp();
      const copied = chunk.copy(this.#held, this.#length, from);
      this.#length += copied;
      from += copied;
      if (this.#length >= RECORD_BYTES) this.flush(target);
    }
  }

  /** Makes a record of what is held, except for a character that is not complete yet. */
  flush(target: GrowingBuffer): void {
    const cut = incompleteTail(this.#held, this.#length);
    const complete = this.#length - cut;
    if (complete > 0) this.#addRecord(complete, target);
    if (cut > 0) this.#carried[this.#stream] = Buffer.from(this.#held.subarray(complete, this.#length));
    this.#length = 0;
  }

  /** As {@link ChunkRecords.flush} for the end of the output: what is still incomplete will stay so. */
  finish(target: GrowingBuffer): void {
    this.flush(target);
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#stream = stream;
      this.#pickUp();
      if (this.#length > 0) this.#addRecord(this.#length, target);
      this.#length = 0;
    }
  }

  #pickUp(): void {
    const carried = this.#carried[this.#stream];
    carried.copy(this.#held);
    this.#length = carried.length;
    this.#carried[this.#stream] = NOTHING;
  }

  #addRecord(length: number, target: GrowingBuffer): void {
    this.count += 1;
    target.addText(this.#heads[this.#stream]);
    target.addAscii(`${this.count},"bytes":${length},"data":"`);
    const bytes = this.#held.subarray(0, length);
    if (isUtf8(bytes)) escapeJson(this.#view, length, target);
    else addLossy(bytes, target);
    target.addAscii(`","timestamp":"${new Date().toISOString()}`);
    target.addAscii(this.#tail);
    const secret = findSecret(bytes, this.#view);
    if (secret !== null) {
      this.#options.onTouched?.({ sequence: this.count, stream: this.#stream, ...secret });
    }
  }
}

const NOTHING = Buffer.alloc(0);

/** The line up to the sequence number. */
function lineHead(options: ChunkRecordOptions, stream: OutputStream): string {
  const id = JSON.stringify(options.correlationId);
  return `{"type":"exec:chunk","correlation_id":${id},"attempt":${options.attempt},"stream":"${stream}","sequence":`;
}

function addLossy(bytes: Buffer, target: GrowingBuffer): void {
  const text = Buffer.from(bytes.toString('utf8'));
  escapeJson(viewOf(text), text.length, target);
  target.addAscii(`","base64":"${bytes.toString('base64')}`);
}
