import { isUtf8 } from 'node:buffer';
import { escapeJson } from '../../process/escapeJson.ts';
import { GrowingBuffer, viewOf } from '../../process/growingBuffer.ts';
import { type LinePart, LineSplitter } from '../../process/lineSplitter.ts';
import type { OutputStream } from '../../process/outputSink.ts';
import { incompleteTail } from '../../process/utf8Chunks.ts';
import { parseLine } from '../../storage/parseLine.ts';
import type { AgentAdapter } from './adapter.ts';
import { TextLines } from './textLines.ts';

/** The longest event that is parsed, in bytes. A longer one is stored, but not looked at. */
export const LONGEST_EVENT_BYTES = 1024 * 1024;

export interface AgentRecordsOptions {
  /** What standard output holds; standard error is text in any case. */
  output: AgentAdapter['output'];
  /**
   * Gets the lines of standard output in order: parsed events, those beyond {@link LONGEST_EVENT_BYTES} left out; or
   * text without line ends, lines beyond 64 KiB in pieces, and not all of a flood ({@link TextLines}). Must not throw.
   */
  onLine(line: unknown): void;
}

/**
 * Turns the output of one call of an agent into lines of its log. An event stays as it is, byte for byte; all other
 * output becomes `agent.output` lines. One of those holds one line of text, and several when they come in a flood:
 * a record of its own for each would make a log many times the size of the output. `continues` says that the text
 * goes on in the stream's next record without a line break; bytes that are not UTF-8 are added as `base64`.
 */
export class AgentRecords {
  readonly #options: AgentRecordsOptions;
  readonly #splitters: Record<OutputStream, LineSplitter>;
  readonly #text: TextLines;
  #target: GrowingBuffer;
  /** An event too long to be held is being written: its line in the file is open. */
  #rawOpen = false;
  /** Standard error that came meanwhile. */
  readonly #waiting = new GrowingBuffer(0);

  constructor(options: AgentRecordsOptions, target: GrowingBuffer) {
    this.#options = options;
    this.#target = target;
    const events = options.output === 'events';
    this.#splitters = {
      stdout: new LineSplitter(events ? LONGEST_EVENT_BYTES : RECORD_BYTES, (bytes, part) => {
        if (events) this.#takeEvent(bytes, part);
        else this.#takeText('stdout', bytes, part);
      }),
      stderr: new LineSplitter(RECORD_BYTES, (bytes, part) => this.#takeText('stderr', bytes, part)),
    };
    this.#text = new TextLines((line) => options.onLine(line));
  }

  /** Takes a piece of output; what becomes complete by it is added to `target`. */
  add(stream: OutputStream, chunk: Buffer, target: GrowingBuffer): void {
    this.#target = target;
    const splitter = this.#splitters[stream];
    const isText = stream === 'stderr' || this.#options.output === 'text';
    const first = isText && chunk.length >= FLOOD_BYTES ? chunk.indexOf(NEWLINE) + 1 : 0;
    if (first === 0) {
      splitter.push(chunk);
      return;
    }
    const last = chunk.lastIndexOf(NEWLINE) + 1;
    splitter.push(chunk.subarray(0, first));
    if (last > first) this.#takeText(stream, chunk.subarray(first, last - 1), 'whole');
    splitter.push(chunk.subarray(last));
  }

  /** At the end of the output: adds what is still incomplete. */
  finish(target: GrowingBuffer): void {
    this.#target = target;
    this.#splitters.stdout.end();
    this.#splitters.stderr.end();
    this.#text.finish();
  }

  #takeEvent(bytes: Buffer, part: LinePart): void {
    if (this.#rawOpen) {
      addBytes(bytes, this.#target);
      if (part === 'end') this.#closeRaw();
      return;
    }
    if (bytes[0] === BRACE && part === 'whole') {
      const line = parseLine(bytes);
      if (line.ok) {
        addBytes(bytes, this.#target);
        this.#target.addAscii('\n');
        this.#options.onLine(line.value);
        return;
      }
    }
    if (bytes[0] === BRACE && part === 'begin') {
      this.#rawOpen = true;
      addBytes(bytes, this.#target);
    } else this.#wrap('stdout', bytes, part === 'begin' || part === 'middle');
  }

  #takeText(stream: OutputStream, text: Buffer, part: LinePart): void {
    this.#wrap(stream, text, part === 'begin' || part === 'middle');
    if (stream === 'stdout') this.#text.take(text);
  }

  #wrap(stream: OutputStream, text: Buffer, continues: boolean): void {
    let rest = text;
    while (rest.length > RECORD_BYTES) {
      const complete = RECORD_BYTES - incompleteTail(rest, RECORD_BYTES);
      this.#addRecord(stream, rest.subarray(0, complete), true);
      rest = rest.subarray(complete);
    }
    this.#addRecord(stream, rest, continues);
  }

  #addRecord(stream: OutputStream, text: Buffer, continues: boolean): void {
    const target = this.#rawOpen ? this.#waiting : this.#target;
    target.addAscii(`{"type":"agent.output","stream":"${stream}","text":"`);
    if (isUtf8(text)) escapeJson(viewOf(text), text.length, target);
    else {
      const readable = Buffer.from(text.toString('utf8'));
      escapeJson(viewOf(readable), readable.length, target);
      target.addAscii(`","base64":"${text.toString('base64')}`);
    }
    target.addAscii(continues ? '","continues":true}\n' : '"}\n');
    // Rather a long event in two pieces than standard error lost, or an agent that waits for us forever.
    if (this.#waiting.length > WAITING_BYTES) this.#closeRaw();
  }

  #closeRaw(): void {
    this.#rawOpen = false;
    this.#target.addAscii('\n');
    addBytes(this.#waiting.bytes.subarray(0, this.#waiting.length), this.#target);
    this.#waiting.clear();
  }
}

function addBytes(bytes: Buffer, target: GrowingBuffer): void {
  target.reserve(bytes.length);
  bytes.copy(target.bytes, target.length);
  target.length += bytes.length;
}

const NEWLINE = 0x0a;
const BRACE = 0x7b;
/** Text in one record, in bytes, at most. */
const RECORD_BYTES = 65_536;
/** So much at once is more than people read line by line. */
const FLOOD_BYTES = 16_384;
const WAITING_BYTES = 512 * 1024;
