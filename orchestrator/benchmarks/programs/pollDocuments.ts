import fs from 'node:fs';

/**
 * `node pollDocuments.cjs <stop> <document>…` reads JSON documents in turns, as fast as it can, until the file `stop`
 * is there. Prints as JSON how often it read one, how often there was none, and how often what it read was no complete
 * JSON.
 */
const [stop = '', ...documents] = process.argv.slice(2);
const seen = { reads: 0, missing: 0, partial: 0 };
do {
  for (const document of documents) look(document);
} while (!fs.existsSync(stop));
console.log(JSON.stringify(seen));

function look(document: string): void {
  seen.reads += 1;
  let text: string;
  try {
    text = fs.readFileSync(document, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) throw error;
    seen.missing += 1;
    return;
  }
  try {
    JSON.parse(text);
  } catch {
    seen.partial += 1;
  }
}
