import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutputSink } from '../../src/process/outputSink.ts';
import { readJsonLines } from '../../src/storage/readJsonLines.ts';
import { StageLog } from '../../src/process/stageLog.ts';
import { eventually } from '../support/eventually.ts';
import { type CommandRig, openCommandRig } from './commandRig.ts';

let rig: CommandRig;

beforeEach(async () => {
  rig = await openCommandRig();
});
afterEach(() => rig.close());

/** A sink that takes one piece and then asks for a pause, until the test lets it go on. */
function hesitantSink(): OutputSink & { bytes: number; calls: number } {
  return {
    onDrain: null,
    bytes: 0,
    calls: 0,
    write(_stream, chunk) {
      this.bytes += chunk.length;
      this.calls += 1;
      return false;
    },
  };
}

it('is complete in the log, however much it is', async () => {
  const file = path.join(rig.folder, 'log.ndjson');
  const log = StageLog.open({ path: file, stageIndex: 1 });
  log.beginAttempt({ correlationId: 'id', attempt: 1 });
  const command = 'yes \'a line with a "quote"\' | head -c 50000000; printf end >&2';
  await expect(rig.run(command, { output: log })).resolves.toMatchObject({ exitCode: 0, pipesHeld: false });
  const output = await log.endAttempt();
  await log.close();
  expect(output).toMatchObject({ stdoutBytes: 50_000_000, stderrBytes: 3, stderrTail: 'end' });
  let bytes = 0;
  let text = 0;
  for await (const line of readJsonLines(file)) {
    if (line.kind !== 'value') throw new Error(`line ${line.line}: ${line.reason}`);
    const { value } = line;
    if (typeof value !== 'object' || value === null || !('data' in value) || !('bytes' in value)) continue;
    bytes += Number(value.bytes);
    text += String(value.data).length;
  }
  expect(bytes).toBe(50_000_003);
  expect(text).toBe(50_000_003);
});

it('waits for a sink that is not ready, without losing a byte', async () => {
  const sink = hesitantSink();
  const write = sink.write.bind(sink);
  sink.write = (stream, chunk) => {
    setImmediate(() => sink.onDrain?.());
    return write(stream, chunk);
  };
  const running = rig.run('head -c 3000000 /dev/zero; head -c 1000 /dev/zero >&2', {
    output: sink,
    pipeGraceMs: 1,
  });
  await expect(running).resolves.toMatchObject({ exitCode: 0, pipesHeld: false });
  expect(sink.bytes).toBe(3_001_000);
});

it('stops coming while the sink is not ready', async () => {
  const sink = hesitantSink();
  const running = rig.run(`exec ${rig.server.command('stage')}`, { output: sink });
  const stage = await rig.server.stage('stage');
  await stage.stdout('first');
  await eventually(() => sink.calls > 0);
  const seen = sink.calls;
  await stage.stdout('second');
  await stage.stderr('third');
  // The stage has answered meanwhile over its socket, so the loop has turned since.
  expect(sink.calls).toBe(seen);
  const exited = stage.exit(0);
  await eventually(() => {
    sink.onDrain?.();
    return sink.bytes === 'firstsecondthird'.length;
  });
  await exited;
  await expect(running).resolves.toMatchObject({ exitCode: 0 });
});

it('of a command that has exited is read to the end even if the pipe grace passes meanwhile', async () => {
  const sink = hesitantSink();
  const running = rig.run(`exec ${rig.server.command('stage')}`, { output: sink, pipeGraceMs: 20 });
  const stage = await rig.server.stage('stage');
  await stage.stdout('x');
  await eventually(() => sink.calls === 1);
  await stage.stdout('y'.repeat(100_000));
  await stage.exit(0);
  const started = performance.now();
  await eventually(() => performance.now() - started > 100);
  expect(sink.bytes).toBeLessThan(100_001);
  let over = false;
  void running.then(() => {
    over = true;
    return over;
  });
  await eventually(() => {
    sink.onDrain?.();
    return over;
  });
  expect(sink.bytes).toBe(100_001);
});
