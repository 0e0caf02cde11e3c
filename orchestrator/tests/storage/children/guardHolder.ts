// Acquires and releases a lock until it is killed. While it has the lock it writes its pid into a file and says so
// if anybody else writes there at the same time. Prints one line per round: `held` or `violated`.
import fs from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { acquireLock } from '../../../src/storage/lock.ts';

const [lockPath = '', holderPath = ''] = process.argv.slice(2);
const me = String(process.pid);

async function main(): Promise<never> {
  for (;;) {
    const result = await acquireLock(lockPath, {
      purpose: 'guard',
      attempts: 100_000,
      delayMs: 1,
      maxDelayMs: 3,
    });
    if (result.status !== 'acquired') throw new Error('lock not obtained');
    fs.writeFileSync(holderPath, me);
    let undisturbed = true;
    for (let look = 0; look < 5; look += 1) {
      await turn();
      undisturbed &&= fs.readFileSync(holderPath, 'utf8') === me;
    }
    fs.writeSync(1, undisturbed ? 'held\n' : 'violated\n');
    await result.lock.release();
  }
}

void main();
