/** Which of a command's two output streams something was printed to. */
export type OutputStream = 'stdout' | 'stderr';

/** Takes the output of a command as it arrives. */
export interface OutputSink {
  /**
   * Takes one piece of output. The sink may keep a reference: the caller must not change the bytes afterwards.
   *
   * @returns false to ask for a pause, until {@link OutputSink.onDrain} is called. The piece is taken in any case.
   */
  write(stream: OutputStream, chunk: Buffer): boolean;
  /** Set by whoever writes; called when there is room again after a `false`. */
  onDrain: (() => void) | null;
}
