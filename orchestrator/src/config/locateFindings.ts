import { getNodePath, type Node } from 'jsonc-parser';
import type { Finding } from './finding.ts';
import { jsonTree, keyNodeAt, nodeAt } from './jsonTree.ts';
import type { JsonPath } from './jsonValue.ts';
import type { ConfigProblem } from './problem.ts';
import { problemAt, type Source, type Span } from './source.ts';
import { quote } from './words.ts';

/**
 * Gives findings their places in the text, and adds what only the text shows: keys that are there twice, and every
 * error of the syntax when it is not JSON at all.
 */
export function locateFindings(source: Source, findings: readonly Finding[]): ConfigProblem[] {
  const tree = jsonTree(source);
  if (!tree.ok) return tree.problems;
  const { root } = tree;
  const located = findings.map(({ path, atKey, related, ...facts }) =>
    problemAt(source, spanOf(atKey === true ? keyNodeAt(root, path) : nodeAt(root, path)), {
      ...facts,
      path: pathText(path),
      related: related && { span: spanOf(nodeAt(root, related.path)), note: related.note },
    }),
  );
  const repeated = repeatedKeys(root).map(({ first, again }) =>
    problemAt(source, spanOf(again), {
      severity: 'warning',
      path: pathText(getNodePath(again)),
      found: `found the key ${quote(String(again.value))} a second time, which replaces the first`,
      related: { span: spanOf(first), note: 'the first one is here' },
    }),
  );
  return [...located, ...repeated];
}

/** Of an object or array only the opening bracket is marked: the whole would be the rest of the line. */
function spanOf(node: Node): Span {
  return { offset: node.offset, length: node.type === 'object' || node.type === 'array' ? 1 : node.length };
}

/** Every key that an object has twice, with its earlier place. */
function repeatedKeys(root: Node): { first: Node; again: Node }[] {
  const found: { first: Node; again: Node }[] = [];
  const open: Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const children = node.children ?? [];
    const seen = new Map<unknown, Node>();
    for (const key of node.type === 'object'
      ? children.flatMap((property) => property.children?.[0] ?? [])
      : []) {
      const first = seen.get(key.value);
      if (first) found.push({ first, again: key });
      else seen.set(key.value, key);
    }
    // One by one: an object may have more members than a call may have arguments.
    for (const child of children) open.push(child);
  }
  return found;
}

/** A path as people write it: `pipelines[0].stages[2].kind`. */
function pathText(path: JsonPath): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w$-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return steps.join('').replace(/^\./, '');
}
