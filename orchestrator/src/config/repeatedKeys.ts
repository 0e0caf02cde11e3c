/**
 * Whether some object in a JSON text has a key twice. `value` is what `JSON.parse` made of the text, which keeps the
 * last of them only: there are then more keys in the text than in the value. Much cheaper than a parse of one's own.
 */
export function hasRepeatedKeys(text: string, value: unknown): boolean {
  let inText = 0;
  for (const string of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (string[1] !== undefined) inText++;
  return inText !== keysOf(value);
}

function keysOf(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    const members: unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += members.length;
    for (const member of members) open.push(member);
  }
  return count;
}
