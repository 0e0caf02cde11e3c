import { writeSync } from 'node:fs';
import { VERSION } from './version.ts';

const [word, ...others] = process.argv.slice(2);
if (others.length === 0 && (word === '--version' || word === '-v' || word === 'version')) {
  printVersion(`${VERSION}\n`);
} else {
  void import('./cli/main.ts').then(({ runProcess }) => runProcess());
}

/** Without `process.stdout`: loading what streams are made of takes as long as everything else here, 2.5 ms. */
function printVersion(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // A stream can wait for a full pipe that does not block. A reader that is gone already misses nothing.
    process.stdout.on('error', () => undefined);
    process.stdout.write(line);
  }
}
