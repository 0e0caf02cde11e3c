import picocolors from 'picocolors';
import type { OutputStream } from './outputStream.ts';

export type Paint = (text: string) => string;

/** The few colours the output uses; each is the identity when colours are off. */
export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
}

/** Colours for text that goes to `stream`. */
export function createStyle(stream: OutputStream, env: NodeJS.ProcessEnv): Style {
  const { bold, dim, red, green, yellow, cyan } = picocolors.createColors(wantsColor(stream, env));
  return { bold, dim, red, green, yellow, cyan };
}

/**
 * Whether text to `stream` is coloured. `FORCE_COLOR` decides first, as in Node itself (`0` and `false` switch
 * off, any other value on), then a non-empty `NO_COLOR`, then whether the stream is a terminal that can do it.
 */
export function wantsColor(stream: OutputStream, env: NodeJS.ProcessEnv): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force.toLowerCase() !== 'false';
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM']?.toLowerCase() !== 'dumb';
}
