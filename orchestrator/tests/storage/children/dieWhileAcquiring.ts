// Tries to acquire a lock and kills itself (SIGKILL) just before the named call on a file whose path contains a text.
import fs from 'node:fs';
import { acquireLock } from '../../../src/storage/lock.ts';

const [lockPath = '', call = '', text = ''] = process.argv.slice(2);

function dieBefore(paths: unknown[]): void {
  if (paths.some((path) => String(path).includes(text))) process.kill(process.pid, 'SIGKILL');
}

const { linkSync, renameSync, unlinkSync } = fs;
if (call === 'link') {
  fs.linkSync = (from, to) => {
    dieBefore([to]);
    linkSync(from, to);
  };
} else if (call === 'rename') {
  fs.renameSync = (from, to) => {
    dieBefore([to]);
    renameSync(from, to);
  };
} else if (call === 'unlink') {
  fs.unlinkSync = (path) => {
    dieBefore([path]);
    unlinkSync(path);
  };
}

void acquireLock(lockPath, { purpose: 'die' }).then((result) => console.log(result.status));
