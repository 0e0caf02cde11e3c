import { codeSpans, placeAt, proseOf } from './markdown.ts';
import type { Place } from './markdown.ts';

/** What a document points to. */
export interface Link extends Place {
  /** As written, without angle brackets and title. */
  target: string;
}

const INLINE = /(?<=\])\(\s*(<[^>\n]*>|(?:[^\s()<>]|\([^\s()]*\))+)(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(<[^>\n]*>|\S+)/gm;
const ATTRIBUTE = /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]*)"/g;
const WITH_SCHEME = /^(?:[a-z][a-z\d+.-]*:|\/\/)/i;

/** Links of a Markdown document that lead to a file of the repository or to a heading, in the order of the text. */
export function fileLinks(text: string): Link[] {
  const prose = proseOf(text);
  return [INLINE, DEFINITION, ATTRIBUTE]
    .flatMap((pattern) => Array.from(prose.matchAll(pattern), (match) => linkOf(text, match)))
    .filter(({ target }) => target !== '' && !WITH_SCHEME.test(target))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * Evidence that a document names as code instead of linking it, as in `.runs/0101/metrics.json`. A name with a
 * placeholder in it names no file.
 */
export function evidenceNames(text: string): Link[] {
  return codeSpans(text)
    .filter(({ content }) => /^(?:\.runs|out)\/[^\s<>*{}…]+\.(?:json|jsonl|ndjson)$/.test(content))
    .map(({ content, offset }) => linkAt(text, offset, `/${content}`));
}

function linkOf(text: string, match: RegExpExecArray): Link {
  const written = match[1] ?? '';
  const offset = match.index + match[0].lastIndexOf(written);
  return linkAt(text, offset, written.replace(/^<(.*)>$/, '$1'));
}

function linkAt(text: string, offset: number, target: string): Link {
  return { target, ...placeAt(text, offset) };
}
