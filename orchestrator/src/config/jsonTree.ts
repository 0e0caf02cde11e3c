import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import { firstDeeperThan } from './brackets.ts';
import type { JsonPath } from './jsonValue.ts';
import type { ConfigProblem } from './problem.ts';
import { problemAt, type Source } from './source.ts';
import { isMissingPart, syntaxProblem } from './syntaxProblem.ts';

/** A JSON document that knows where everything stands, or what keeps it from being one. */
export type JsonTree = { ok: true; root: Node } | { ok: false; problems: ConfigProblem[] };

const DEEPEST = 200;

/** After so many the file is something else than JSON, and every further error costs a look at the text before it. */
const MOST_ERRORS = 20;

/**
 * Parses strict JSON (RFC 8259) with places; accepts exactly what `JSON.parse` accepts, up to {@link DEEPEST} levels.
 * Loaded only when there is something to say about a file.
 */
export function jsonTree(source: Source): JsonTree {
  // The parser recurses, so the depth is bounded before it is called.
  const deep = firstDeeperThan(DEEPEST, source.text);
  if (deep !== null) {
    const found = `found more than ${DEEPEST} levels of nesting`;
    return {
      ok: false,
      problems: [
        problemAt(source, { offset: deep, length: 1 }, { found, expected: 'expected a flatter document' }),
      ],
    };
  }
  const errors: ParseError[] = [];
  const root = parseTree(source.text, errors, { disallowComments: true, allowTrailingComma: false });
  if (root !== undefined && errors.length === 0) return { ok: true, root };
  const problems = independentErrors(source, errors).map((error) => syntaxProblem(source, error));
  return { ok: false, problems };
}

/** The node at `path`, or the nearest existing one above it. Of repeated keys the last counts, as in `JSON.parse`. */
export function nodeAt(root: Node, path: JsonPath): Node {
  let node = root;
  for (const step of path) {
    const next = typeof step === 'number' ? node.children?.[step] : propertyAt(node, step)?.children?.[1];
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** The node of the key at the end of `path`; the nearest existing node above it when there is none. */
export function keyNodeAt(root: Node, path: JsonPath): Node {
  const owner = nodeAt(root, path.slice(0, -1));
  return propertyAt(owner, String(path.at(-1)))?.children?.[0] ?? owner;
}

/** Properties by name: an object with very many unknown keys is asked for each of them. */
const indexes = new WeakMap<Node, Map<unknown, Node>>();

function propertyAt(owner: Node, name: string): Node | undefined {
  if (owner.type !== 'object') return undefined;
  let index = indexes.get(owner);
  if (index === undefined) {
    index = new Map((owner.children ?? []).map((property) => [property.children?.[0]?.value, property]));
    indexes.set(owner, index);
  }
  return index.get(name);
}

/**
 * Leaves out errors that only echo an earlier one: everything behind it on its line, and what the parser misses
 * directly behind it with nothing but white space between.
 */
function independentErrors(source: Source, errors: ParseError[]): ParseError[] {
  const kept: ParseError[] = [];
  let coveredUntil: number | null = null;
  for (const error of errors) {
    const between: string | null =
      coveredUntil === null ? null : source.text.slice(coveredUntil, error.offset);
    if (between === null || !isEcho(between, error)) kept.push(error);
    if (kept.length === MOST_ERRORS) break;
    coveredUntil = Math.max(coveredUntil ?? 0, error.offset + error.length);
  }
  return kept;
}

function isEcho(between: string, error: ParseError): boolean {
  return !/[\r\n]/.test(between) || (between.trim() === '' && isMissingPart(error));
}
