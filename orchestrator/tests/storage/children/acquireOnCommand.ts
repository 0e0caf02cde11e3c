// Acquires and releases one lock as told on stdin: `acquire` and `release`. Ends when stdin ends, without releasing.
import { createInterface } from 'node:readline';
import { acquireLock, type HeldLock } from '../../../src/storage/lock.ts';

const [lockPath = '', staleMs = '300000'] = process.argv.slice(2);

async function main(): Promise<void> {
  let held: HeldLock | null = null;
  console.log('ready');
  for await (const command of createInterface({ input: process.stdin })) {
    if (command === 'acquire') {
      const result = await acquireLock(lockPath, { purpose: 'test', staleMs: Number(staleMs) });
      if (result.status === 'acquired') held = result.lock;
      console.log(result.status);
    } else {
      await held?.release();
      console.log('released');
    }
  }
}

void main();
