import { createHash } from 'node:crypto';
import type { OutputStream } from '../../process/outputSink.ts';
import { OutputTail } from '../../process/outputTail.ts';
import { comparableLine } from './comparableLine.ts';
import { looksLikeError } from './errorLine.ts';
import type { ValidatorFeedback } from './feedback.ts';
import { OutputLines } from './outputLines.ts';
import { plainText } from './plainText.ts';

/** What is worth telling of a validator's output. */
export interface CollectedOutput extends Pick<ValidatorFeedback, 'firstErrors' | 'end' | 'bytes'> {
  /**
   * Equal for two outputs that tell of the same: the set of their lines, whatever their order, timings and other
   * numbers. 32 hexadecimal digits.
   */
  signature: string;
}

/**
 * Follows the output of a validator and keeps only what is bounded: of the first {@link SCANNED_LINES} lines of
 * each stream those that look like errors and what makes the signature, and the end of the whole.
 */
export class FeedbackCollector {
  readonly #tail = new OutputTail();
  readonly #streams = { stdout: this.#scanner(), stderr: this.#scanner() };
  readonly #errors = new Map<string, string>();
  readonly #distinct = new Set<string>();
  #previous = '';
  #distinctLength = 0;
  #bytes = 0;

  push(stream: OutputStream, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#tail.push(chunk);
    const scanner = this.#streams[stream];
    if (scanner.left > 0) scanner.lines.push(chunk);
  }

  /** To be called once, when the output is over. */
  finish(): CollectedOutput {
    const scanners = Object.values(this.#streams);
    for (const { left, lines } of scanners) if (left > 0) lines.end();
    const end = plainText(asShown(this.#tail.text())).trimEnd();
    if (scanners.some(({ left }) => left <= 0)) this.#takeEnd(end.split('\n'));
    return {
      firstErrors: [...this.#errors.values()],
      end: lastPart(end),
      bytes: this.#bytes,
      signature: createHash('sha256')
        .update([...this.#distinct].toSorted().join('\n'))
        .digest('hex')
        .slice(0, SIGNATURE_DIGITS),
    };
  }

  #scanner(): { left: number; lines: OutputLines } {
    const scanner = {
      left: SCANNED_LINES,
      lines: new OutputLines((line) => {
        if (scanner.left <= 0) return;
        scanner.left -= 1;
        this.#take(plainText(line));
      }),
    };
    return scanner;
  }

  #take(line: string): void {
    // Most of what a runaway program prints is the same line again and again.
    if (line === this.#previous) return;
    this.#previous = line;
    const comparable = comparableLine(line);
    if (comparable === '') return;
    if (this.#distinctLength < DISTINCT_LENGTH && !this.#distinct.has(comparable)) {
      this.#distinct.add(comparable);
      this.#distinctLength += comparable.length;
    }
    if (this.#errors.size >= MOST_ERRORS || this.#errors.has(comparable)) return;
    if (looksLikeError(line.slice(0, LONGEST_ERROR))) this.#errors.set(comparable, shortened(line.trimEnd()));
  }

  /**
   * The last lines of an output that was too long to be scanned. How many is measured by what is left of them, so
   * that it does not depend on how long the numbers in them happen to be.
   */
  #takeEnd(lines: readonly string[]): void {
    let left = END_LENGTH;
    let first = lines.length;
    while (first > 1 && left > 0) {
      first -= 1;
      left -= comparableLine(lines[first] ?? '').length;
    }
    this.#distinctLength = 0;
    this.#previous = '';
    for (const line of lines.slice(first)) this.#take(line);
  }
}

/** Of each stream; counted in lines, because bytes would be cut at another line in the next run. */
const SCANNED_LINES = 100_000;
const MOST_ERRORS = 20;
const LONGEST_ERROR = 300;
/** Longest text from the end that is told, in UTF-16 code units. */
const TOLD_LENGTH = 8000;
/** How much normalised text makes the signature, in UTF-16 code units: from the beginning, and from the end. */
const DISTINCT_LENGTH = 1024 * 1024;
const END_LENGTH = 16_384;
const SIGNATURE_DIGITS = 32;

/** Without what a carriage return has overwritten. */
function asShown(text: string): string {
  if (!text.includes('\r')) return text;
  return text.split('\n').map(afterLastReturn).join('\n');
}

function afterLastReturn(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(0, end).slice(line.lastIndexOf('\r', end - 1) + 1);
}

/** The end of a text, from the beginning of a line if there is one near. */
function lastPart(text: string): string {
  if (text.length <= TOLD_LENGTH) return text;
  const part = text.slice(-TOLD_LENGTH).toWellFormed();
  const lineStart = part.indexOf('\n') + 1;
  return lineStart > 0 && lineStart <= LONGEST_ERROR ? part.slice(lineStart) : part;
}

function shortened(line: string): string {
  return line.length <= LONGEST_ERROR ? line : `${line.slice(0, LONGEST_ERROR - 1).toWellFormed()}…`;
}
