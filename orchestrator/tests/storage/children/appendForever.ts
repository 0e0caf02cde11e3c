// Appends numbered lines until it is killed.
import { JsonLinesWriter } from '../../../src/storage/jsonLinesWriter.ts';

const [file = ''] = process.argv.slice(2);
const writer = JsonLinesWriter.open(file);
console.log('ready');
for (let number = 1; ; number += 1) writer.append({ number, text: 'ü'.repeat((number * 31) % 5000) });
