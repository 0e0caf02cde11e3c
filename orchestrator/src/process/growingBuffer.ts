/** Bytes that are put together piece by piece. The memory is kept by {@link GrowingBuffer.clear} and used again. */
export class GrowingBuffer {
  /** Only the first {@link length} bytes mean anything. Replaced by a larger one when it has to grow. */
  bytes: Buffer;
  /** The same memory, for storing whole words at any alignment. */
  view: DataView;
  length = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.view = viewOf(this.bytes);
  }

  /** Makes sure that `count` more bytes fit without growing. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = viewOf(grown);
  }

  /** Adds text that consists of ASCII characters only. */
  addAscii(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  /** Adds any text as UTF-8. */
  addText(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  clear(): void {
    this.length = 0;
  }
}

/** A view of exactly the bytes of `buffer`. */
export function viewOf(buffer: Uint8Array): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
