import { Command, InvalidArgumentError } from 'commander';

/** What `npm run bench -- …` was asked for. */
export interface BenchOptions {
  /** Names of suites; none means all. */
  names: string[];
  /** Rounds that count, in place of each suite's own number. */
  runs: number | undefined;
  /** How much a printing stage prints. */
  bytes: number;
  /** File that gets every sample. */
  json: string | undefined;
}

const GIGABYTE = 1_000_000_000;

/** Reads the arguments; prints help or the mistake and exits when that is what they lead to. */
export function benchOptions(argv: readonly string[], known: readonly string[]): BenchOptions {
  const program = new Command('npm run bench --')
    .description(
      'Measures the orchestrator as it stands. Says what was met and what was missed; never judges.',
    )
    .addArgument(
      new Command().createArgument('[suite...]', 'what to measure; all without one').choices(known),
    )
    .option('--runs <count>', 'rounds that count, after one that does not', positiveInteger)
    .option('--bytes <count>', 'output of a stage that prints a lot', positiveInteger, GIGABYTE)
    .option('--json <file>', 'also write every sample to a file')
    .parse(argv, { from: 'user' });
  const { runs, bytes, json } = program.opts<Omit<BenchOptions, 'names'>>();
  return { names: program.args, runs, bytes, json };
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('A whole number above 0 is needed.');
}
