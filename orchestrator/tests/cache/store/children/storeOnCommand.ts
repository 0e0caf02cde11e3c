// Stores `dist` of a repository under the key in each line that it reads, and prints what became of it, or the code of
// the error.
import { createInterface } from 'node:readline';
import { storeEntry } from '../../../../src/cache/store/storeEntry.ts';
import { errorCode } from '../../../../src/storage/errorCode.ts';
import { newEntry } from '../cacheRig.ts';

const [cacheDir = '', repo = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  console.log('ready');
  for await (const key of createInterface({ input: process.stdin })) {
    const outcome = storeEntry(cacheDir, newEntry(key, repo)).then(({ kind }) => kind, errorCode);
    console.log(await outcome);
  }
}

void main();
