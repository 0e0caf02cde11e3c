import { withoutEscapes } from './printable.ts';

const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;
/** Latin, punctuation, arrows, boxes, check marks and Braille: one cell each, without a look at Unicode. */
const PLAIN =
  /^[\u0020-\u007e\u00a0-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u259f\u25b8\u2713\u2717\u2800-\u28ff]*$/;

/** How many terminal cells a line takes; escape sequences take none. */
export function cellWidth(text: string): number {
  const visible = withoutEscapes(text);
  if (PLAIN.test(visible)) return visible.length;
  let width = 0;
  for (const { segment } of graphemes(visible)) width += graphemeWidth(segment);
  return width;
}

/** Fills up with spaces to `width` cells; longer text stays as it is. */
export function padCells(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const padding = ' '.repeat(Math.max(0, width - cellWidth(text)));
  return side === 'left' ? padding + text : text + padding;
}

/** Cuts uncoloured text to `width` cells, the last one an ellipsis when something was cut. */
export function cutCells(text: string, width: number): string {
  if (cellWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: it takes longer than all the rest of a start-up. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

function graphemeWidth(grapheme: string): number {
  if (/^\p{M}/u.test(grapheme)) return 0;
  return WIDE.test(grapheme) || grapheme.includes('\ufe0f') ? 2 : 1;
}
