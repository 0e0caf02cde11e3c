/** The part of `process.stdout` and `process.stderr` that presenting needs; both satisfy it as they are. */
export interface OutputStream {
  write: (data: string | Uint8Array) => unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in cells; absent when it is not a terminal. */
  readonly columns?: number;
  readonly rows?: number;
}
