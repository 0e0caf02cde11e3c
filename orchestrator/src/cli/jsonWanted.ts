/**
 * Whether the arguments ask for JSON on stdout, known before they are parsed, so that a mistake in them is
 * reported in the asked form too. `exec` has flags of its own, and only before its command.
 */
export function jsonWanted(argv: readonly string[]): 'document' | 'line' | null {
  return argv[0] === 'exec' ? execJson(argv.slice(1)) : formatJson(argv);
}

function formatJson(argv: readonly string[]): 'document' | null {
  let wanted: 'document' | null = null;
  for (const [position, word] of argv.entries()) {
    if (word === '--') break;
    const value = word === '--format' ? argv[position + 1] : /^--format=(.*)$/.exec(word)?.[1];
    if (value !== undefined) wanted = value === 'json' ? 'document' : null;
  }
  return wanted;
}

function execJson(argv: readonly string[]): 'document' | 'line' | null {
  let wanted: 'document' | 'line' | null = null;
  for (const [position, word] of argv.entries()) {
    if (word === '--' || !word.startsWith('-')) break;
    if (word === '--jsonl') return 'line';
    if (word === '--json' || word.startsWith('--json=')) {
      wanted = word === '--json=pretty' || argv[position + 1] === 'pretty' ? 'document' : 'line';
    }
  }
  return wanted;
}
