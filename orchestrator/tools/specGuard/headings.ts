import { withoutBlocks } from './markdown.ts';

const HASHES = /^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$/gm;
const UNDERLINED = /^ {0,3}(\S[^\n]*)\n {0,3}(?:=+|-+)[ \t]*$/gm;
const ANCHOR_TAG = /<a\b[^>]*?\b(?:id|name)="([^"]+)"/g;

/** Everything that a `#fragment` can lead to in a Markdown document, by the rules of GitHub's pages. */
export function anchorsOf(text: string): Set<string> {
  const body = withoutBlocks(text.replaceAll('\r\n', '\n'));
  const headings = [...body.matchAll(HASHES), ...body.matchAll(UNDERLINED)].toSorted(
    (a, b) => a.index - b.index,
  );
  const anchors = new Set(Array.from(body.matchAll(ANCHOR_TAG), (match) => match[1] ?? ''));
  const uses = new Map<string, number>();
  for (const [, heading = ''] of headings) {
    const slug = slugOf(heading);
    const earlier = uses.get(slug) ?? 0;
    uses.set(slug, earlier + 1);
    anchors.add(earlier === 0 ? slug : `${slug}-${earlier}`);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}
