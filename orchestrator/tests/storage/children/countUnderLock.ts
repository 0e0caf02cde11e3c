// Adds 1 to the number in a file, again and again, in a way that loses counts unless the lock excludes others.
import fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { acquireLock } from '../../../src/storage/lock.ts';

const [lockPath = '', counterPath = '', rounds = '0'] = process.argv.slice(2);

async function main(): Promise<void> {
  for (let round = 0; round < Number(rounds); round += 1) {
    const result = await acquireLock(lockPath, {
      purpose: 'count',
      attempts: 100_000,
      delayMs: 1,
      maxDelayMs: 3,
    });
    if (result.status !== 'acquired') throw new Error('lock not obtained');
    const before = Number(fs.readFileSync(counterPath, 'utf8'));
    await turn();
    fs.writeFileSync(counterPath, String(before + 1));
    await result.lock.release();
  }
  console.log('done');
}

void main();
