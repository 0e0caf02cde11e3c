// Replaces a file with 256 KiB once and prints the code of the error, or `replaced`. With `die` it is killed at the
// moment when the temporary file is complete.
import fs from 'node:fs';
import { replaceFile, replaceFileSync } from '../../../src/storage/replaceFile.ts';

const [target = '', way = 'sync', die = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  if (die === 'die') fs.renameSync = () => void process.kill(process.pid, 'SIGKILL');
  const data = 'x'.repeat(256 * 1024);
  try {
    if (way === 'sync') replaceFileSync(target, data);
    else await replaceFile(target, data);
    console.log('replaced');
  } catch (error) {
    console.log(error instanceof Error && 'code' in error ? error.code : error);
  }
}

void main();
