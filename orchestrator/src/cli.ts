import { VERSION } from './version.ts';

const [word, ...others] = process.argv.slice(2);
if (others.length === 0 && (word === '--version' || word === '-v' || word === 'version')) {
  // A reader that is gone already misses nothing.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${VERSION}\n`);
} else {
  void import('./cli/main.ts').then(({ runProcess }) => runProcess());
}
