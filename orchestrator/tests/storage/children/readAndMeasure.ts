// Reads a JSON-lines file and prints what it saw and how much memory (KiB) that took at most, beyond the start.
import { readJsonLines } from '../../../src/storage/readJsonLines.ts';

const [file = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const before = process.memoryUsage().rss / 1024;
  const seen = [];
  for await (const line of readJsonLines(file, { maxLineBytes: 1024 * 1024 })) seen.push(line);
  console.log(JSON.stringify({ seen, grownKiB: process.resourceUsage().maxRSS - before }));
}

void main();
