// Appends lines of about 1.5 KB until the file may not grow any more, then a short one. Prints a JSON object.
import { JsonLinesWriter } from '../../../src/storage/jsonLinesWriter.ts';

const [file = ''] = process.argv.slice(2);
const writer = JsonLinesWriter.open(file);
let appended = 0;
try {
  for (; appended < 1000; appended += 1) writer.append({ number: appended, text: 'x'.repeat(1500) });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : String(error);
  writer.append({ short: true });
  console.log(JSON.stringify({ appended, code }));
}
