import type { ParseError } from 'jsonc-parser';
import { openBrackets } from './brackets.ts';
import { nearestWord } from './nearestWord.ts';
import type { ConfigProblem } from './problem.ts';
import { problemAt, type ProblemFacts, type Source, type Span } from './source.ts';
import { quote } from './words.ts';

/** Codes of jsonc-parser's `ParseErrorCode`: a const enum, which isolated modules cannot read. */
const CODE = {
  invalidSymbol: 1,
  propertyNameExpected: 3,
  valueExpected: 4,
  colonExpected: 5,
  commaExpected: 6,
  closeBraceExpected: 7,
  closeBracketExpected: 8,
  endOfFileExpected: 9,
  invalidComment: 10,
  endOfComment: 11,
  endOfString: 12,
  endOfNumber: 13,
  invalidUnicode: 14,
  invalidEscape: 15,
  invalidCharacter: 16,
} as const;

const NAME_EXPECTED = 'expected a property name in double quotes';
const VALUE_EXPECTED = 'expected a value';

/** Says one syntax error of a JSON document in terms of what stands there and what belongs there. */
export function syntaxProblem(source: Source, error: ParseError): ConfigProblem {
  const { span, ...facts } = explain(source.text, error);
  return problemAt(source, span, facts);
}

/** Whether the parser misses something at this place, as opposed to a word that is wrong wherever it stands. */
export function isMissingPart(error: ParseError): boolean {
  const code: number = error.error;
  return code >= CODE.propertyNameExpected && code <= CODE.endOfFileExpected;
}

type Explained = ProblemFacts & { span: Span };

function explain(text: string, error: ParseError): Explained {
  const span = { offset: error.offset, length: error.length };
  const token = text.slice(span.offset, span.offset + span.length);
  const found = token === '' ? 'found the end of the file' : `found ${tokenWords(token)}`;
  const code: number = error.error;
  switch (code) {
    case CODE.invalidSymbol:
      return invalidSymbol(text, span, token);
    case CODE.propertyNameExpected:
    case CODE.valueExpected:
      return (
        trailingComma(text, span) ?? {
          span: token === '' ? endOfText(text) : span,
          found,
          expected: code === CODE.valueExpected ? VALUE_EXPECTED : NAME_EXPECTED,
        }
      );
    case CODE.colonExpected:
      return { span, found, expected: 'expected a colon after the property name' };
    case CODE.commaExpected:
      return /(?:^|[^\d.])-?0$/.test(text.slice(Math.max(0, span.offset - 3), span.offset))
        ? { span: { offset: span.offset - 1, length: 1 }, found: 'found a number with a leading zero' }
        : { span, found, expected: `expected a comma or ${closer(text, span.offset)}` };
    case CODE.closeBraceExpected:
    case CODE.closeBracketExpected:
      return unclosed(text, span.offset, code === CODE.closeBraceExpected ? '{' : '[');
    case CODE.endOfFileExpected:
      return behindTheEnd(span, found);
    case CODE.invalidComment:
    case CODE.endOfComment:
      return { span, found: 'found a comment', expected: 'expected plain JSON, which has none' };
    case CODE.endOfString:
      return { span, found: 'found a string without an end', expected: 'expected a closing double quote' };
    case CODE.endOfNumber:
      return { span, found: `found the unfinished number ${token}`, expected: 'expected a digit' };
    case CODE.invalidUnicode:
    case CODE.invalidEscape:
      return invalidEscape(span, token);
    default:
      return invalidCharacter(span, token);
  }
}

function invalidSymbol(text: string, span: Span, token: string): Explained {
  if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(token)) {
    return { span, found: 'found a merge conflict marker', expected: 'expected the merge to be finished' };
  }
  if (token.startsWith("'")) {
    return { span, found: 'found a single quote', expected: 'expected double quotes' };
  }
  const found = `found ${tokenWords(token)}`;
  const open = openBrackets(text, span.offset).at(-1);
  const before = text.slice(0, span.offset).trimEnd();
  if (open === undefined && before !== '') return behindTheEnd(span, found);
  if (isNamePosition(text, before, open)) return { span, found, expected: NAME_EXPECTED };
  const suggestion = nearestWord(token, ['true', 'false', 'null']);
  return { span, found, expected: VALUE_EXPECTED, suggestion };
}

/** Told at the comma, which is what has to go, not at the bracket behind it. */
function trailingComma(text: string, span: Span): Explained | null {
  const before = text.slice(0, span.offset).trimEnd();
  const next = text[span.offset];
  if (!before.endsWith(',') || (next !== '}' && next !== ']')) return null;
  const comma = { offset: before.length - 1, length: 1 };
  const place = next === '}' ? 'the end of the object' : 'the end of the array';
  return { span: comma, found: `found a comma before ${place}`, expected: 'expected no trailing comma' };
}

function unclosed(text: string, offset: number, bracket: '{' | '['): Explained {
  const open = openBrackets(text, offset).at(-1);
  const name = bracket === '{' ? 'object' : 'array';
  const atEnd = offset >= text.trimEnd().length;
  return {
    span: atEnd ? endOfText(text) : { offset, length: 1 },
    found: atEnd ? 'found the end of the file' : `found ${tokenWords(text.charAt(offset))}`,
    expected: `expected "${bracket === '{' ? '}' : ']'}"`,
    related:
      open === undefined ? undefined : { span: { offset: open, length: 1 }, note: `the ${name} begins here` },
  };
}

function invalidEscape(span: Span, token: string): Explained {
  const escapes = token.matchAll(/\\(?:["\\/bfnrt]|u[\da-fA-F]{4}|(u[\da-fA-F]{0,3}|.?))/g);
  const bad = [...escapes].find((escape) => escape[1] !== undefined);
  const offset = span.offset + (bad?.index ?? 0);
  return {
    span: { offset, length: bad?.[0].length ?? span.length },
    found: `found the unknown escape ${bad?.[0] ?? '\\'} in a string`,
    expected: 'expected \\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u and four hex digits',
  };
}

function invalidCharacter(span: Span, token: string): Explained {
  const index = Math.max(0, token.search(/\p{Cc}/u));
  const code = token.charCodeAt(index).toString(16).padStart(4, '0');
  return {
    span: { offset: span.offset + index, length: 1 },
    found: `found the control character U+${code.toUpperCase()} in a string`,
    expected: `expected it written as ${code === '0009' ? '\\t' : `\\u${code}`}`,
  };
}

function closer(text: string, offset: number): string {
  const open = openBrackets(text, offset).at(-1);
  return open !== undefined && text[open] === '[' ? '"]"' : '"}"';
}

/** A name belongs behind `{`, and behind a comma inside an object. */
function isNamePosition(text: string, before: string, open: number | undefined): boolean {
  return before.endsWith('{') || (before.endsWith(',') && open !== undefined && text[open] === '{');
}

function behindTheEnd(span: Span, found: string): Explained {
  return { span, found: `${found} behind the end of the document`, expected: 'expected the end of the file' };
}

/** The last character that is not white space: where something is missing at the end. */
function endOfText(text: string): Span {
  return { offset: Math.max(0, text.trimEnd().length - 1), length: 1 };
}

function tokenWords(token: string): string {
  return token.startsWith('"') && token.endsWith('"') && token.length > 1
    ? quote(token.slice(1, -1))
    : quote(token);
}
