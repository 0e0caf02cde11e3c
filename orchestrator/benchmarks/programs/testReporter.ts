import { once } from 'node:events';

/**
 * `node testReporter.mjs <bytes>` prints exactly so many bytes, formatted line by line and written test file by test
 * file, as a test reporter does.
 */
const TESTS_PER_FILE = 40;

let left = Number(process.argv[2]);
for (let file = 0; left > 0; file += 1) {
  const text = fileReport(file);
  const bytes = Buffer.byteLength(text);
  const isAccepted = process.stdout.write(bytes <= left ? text : '.'.repeat(left));
  left -= Math.min(bytes, left);
  if (!isAccepted) await once(process.stdout, 'drain');
}

function fileReport(file: number): string {
  const name = `tests/area-${file % 17}/module-${file}.test.ts`;
  let text = ` ❯ ${name} (${TESTS_PER_FILE} tests)\n`;
  for (let test = 0; test < TESTS_PER_FILE; test += 1) {
    const mark = (file + test) % 97 === 0 ? '×' : '✓';
    const ms = (file * 31 + test * 7) % 250;
    text += `   ${mark} ${name} > part ${test % 5} > returns "${test}" for case ${test} ${ms}ms\n`;
  }
  return text;
}
