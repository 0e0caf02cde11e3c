// Replaces a JSON document until it is killed; sizes differ, so that a partial document cannot look complete.
import { jsonDocument, replaceFile, replaceFileSync } from '../../../src/storage/replaceFile.ts';

const [target = '', way = 'sync'] = process.argv.slice(2);

async function main(): Promise<never> {
  console.log('ready');
  for (let round = 1; ; round += 1) {
    const document = jsonDocument({ round, text: 'ü'.repeat((round * 7919) % 100_000), end: round });
    if (way === 'sync') replaceFileSync(target, document, { durable: false });
    else await replaceFile(target, document, { durable: false });
  }
}

void main();
