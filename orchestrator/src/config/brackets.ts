/** Offsets of the brackets that are open at `end`, outermost first. Brackets in strings do not count. */
export function openBrackets(text: string, end: number): number[] {
  const open: number[] = [];
  for (const { offset, opens } of brackets(text.slice(0, end))) {
    if (opens) open.push(offset);
    else open.pop();
  }
  return open;
}

/** Offset of the first bracket that is inside `depth` others; null when there is none. */
export function firstDeeperThan(depth: number, text: string): number | null {
  let open = 0;
  for (const { offset, opens } of brackets(text)) {
    open += opens ? 1 : -1;
    if (open > depth) return offset;
  }
  return null;
}

function* brackets(text: string): Generator<{ offset: number; opens: boolean }> {
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\\r\n]|\\.)*"?|[[\]{}]/g)) {
    if (!token.startsWith('"')) yield { offset: index, opens: token === '{' || token === '[' };
  }
}
