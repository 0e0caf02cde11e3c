import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { contender, interleave } from '../../support/interleave.ts';
import { loopRepo, type LoopArgs } from '../../support/loopRepo.ts';
import { probeNode, type ProbedRun } from '../../support/processProbe.ts';
import { timeProcess } from '../../support/processTiming.ts';
import { pairwiseRatios } from '../../support/stats.ts';

/** Something in a loop that prints as much as is asked for. */
export interface LoopOutput {
  name: string;
  /** Text for the shell that prints it. */
  command(context: SuiteContext): string;
  /** The loop in which it is printed; `codex` on PATH is this command. */
  loop(command: string): LoopArgs;
  /** The file of the loop that holds all of it. */
  log: string;
}

const LINE = 'x'.repeat(70);
const EVENT = JSON.stringify({
  type: 'item.completed',
  item: { id: 'item_1', type: 'command_execution', command: 'npm test', aggregated_output: LINE },
});

const yes = (line: string) => ({
  printedBy: 'yes',
  command: ({ bytes }: SuiteContext) => `yes '${line}' | head -c ${bytes}`,
});
const testReporter = {
  printedBy: 'Node',
  command: ({ bytes, programs }: SuiteContext) => `'${process.execPath}' '${programs.testReporter}' ${bytes}`,
};
const codexEvents = {
  printedBy: 'Node',
  command: ({ bytes, programs }: SuiteContext) => `'${process.execPath}' '${programs.codexEvents}' ${bytes}`,
};

/** The fastest there is and what a program prints, of each kind. */
export const OUTPUTS: readonly LoopOutput[] = [
  ...[yes(EVENT), codexEvents].map(({ printedBy, command }) => ({
    name: `events of an agent (${printedBy})`,
    command,
    loop: (): LoopArgs => ({ agent: { name: 'codex' }, validator: 'true', maxIterations: 1 }),
    log: 'agent-1.jsonl',
  })),
  ...[yes(LINE), testReporter].map(({ printedBy, command }) => ({
    name: `text of an agent (${printedBy})`,
    command,
    loop: (text: string): LoopArgs => ({ agent: { command: text }, validator: 'true', maxIterations: 1 }),
    log: 'agent-1.jsonl',
  })),
  ...[yes(LINE), testReporter].map(({ printedBy, command }) => ({
    name: `a failing validator (${printedBy})`,
    command,
    // It fails once, so that the next prompt has to tell what it said, and then passes.
    loop: (text: string): LoopArgs => ({
      agent: { command: 'true' },
      validator: `[ -e told ] || { : > told; ${text}; false; }`,
      maxIterations: 2,
    }),
    log: 'validator-1.log',
  })),
];

/** The time of a loop in which so much is printed, against `cat > file`, and its memory. */
export async function measureOutput(context: SuiteContext, output: LoopOutput): Promise<Row[]> {
  const command = output.command(context);
  const { name } = output;
  const piped = contender(`${name} | cat > file`, () => pipeToFile(command, context));
  const loop = contender(`${name}, rlm`, () => runLoop(command, output, context));
  await interleave([piped, loop], context.runs);
  const times = loop.results.map(({ ms }) => ms);
  return [
    { work: piped.name, unit: 'ms', samples: piped.results },
    {
      work: loop.name,
      unit: 'ms',
      samples: times,
      versus: { reference: 'cat > file', ratios: pairwiseRatios(times, piped.results) },
    },
    {
      work: `${name}, peak memory of rlm`,
      unit: 'MB',
      samples: loop.results.map(({ peakRssBytes }) => peakRssBytes / 1e6),
      goal: { of: 'max', is: 'below', limit: 120 },
    },
  ];
}

async function pipeToFile(command: string, { folder, signal }: SuiteContext): Promise<number> {
  const file = path.join(folder, 'piped.txt');
  const args = ['-c', `{ ${command}; } | cat > "$1"`, 'sh', file];
  const ms = await timeProcess({ file: 'sh', args, cwd: folder, signal });
  await rm(file);
  return ms;
}

/** @throws Error when the log is shorter than what was printed. */
async function runLoop(command: string, output: LoopOutput, context: SuiteContext): Promise<ProbedRun> {
  const { bytes, signal } = context;
  const repo = await loopRepo(context, 'folder');
  const bin = await fakeCodex(command, context.folder);
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const args = repo.rlmArgs(output.loop(command));
  const run = await probeNode({ args, cwd: repo.root, env, signal }, context);
  const logged = await repo.sizeOf(output.log);
  await repo.remove();
  if (logged < bytes) throw new Error(`${bytes} bytes were printed, ${output.log} has only ${logged}.`);
  return run;
}

/** A program `codex` that prints the output of a command and its last word. Resolves with the folder that it is in. */
async function fakeCodex(command: string, folder: string): Promise<string> {
  const bin = path.join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const end = JSON.stringify({ type: 'turn.completed', usage: { input_tokens: 1, output_tokens: 1 } });
  const script = ['#!/bin/sh', command, `printf '\\n%s\\n' '${end}'`, ''].join('\n');
  await writeFile(path.join(bin, 'codex'), script);
  await chmod(path.join(bin, 'codex'), 0o755);
  return bin;
}
