import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentLog } from '../../../src/rlm/agents/agentLog.ts';
import { eventually } from '../../support/eventually.ts';
import { readJsonLinesFile } from '../../support/jsonLinesFile.ts';
import { callOf, type LogRig, openLogRig, type Piece, writeAll } from './logRig.ts';

let rig: LogRig;

beforeEach(() => {
  rig = openLogRig();
});
afterEach(() => rig.close());

const lines = () => readFileSync(rig.file, 'utf8').split('\n').slice(0, -1);

describe('a call', () => {
  it('begins and ends with a line of its own', async () => {
    const printed = await rig.logOf('events', [
      ['stdout', '{"type":"a"}\n'],
      ['stderr', 'warning\n'],
    ]);
    const [begin = '', event, text, end = ''] = lines();
    expect(begin).toMatch(
      /^\{"type":"agent\.call","iteration":1,"role":"agent","attempt":1,"command":\["agent","-p"\],"timestamp":"[^"]+Z"\}$/,
    );
    expect(event).toBe('{"type":"a"}');
    expect(text).toBe('{"type":"agent.output","stream":"stderr","text":"warning"}');
    expect(end).toMatch(
      /^\{"type":"agent\.exit","exit_code":0,"signal":null,"ended":"exited","duration_ms":5,"timestamp":"[^"]+Z"\}$/,
    );
    expect(printed).toEqual({
      stdoutBytes: 13,
      stderrBytes: 8,
      stdoutTail: '{"type":"a"}\n',
      stderrTail: 'warning\n',
    });
  });

  it('that could not be started says why', async () => {
    const log = AgentLog.open({ path: rig.file, output: 'events' });
    log.beginCall(callOf());
    const exit = { exitCode: null, signal: null, ended: 'not-started', durationMs: 0 };
    await log.endCall({ ...exit, error: 'command not found: agent' });
    await log.close();
    expect(lines()[1]).toContain('"ended":"not-started","duration_ms":0,"error":"command not found: agent"');
  });

  it('can be seen by a follower line by line', () => {
    const log = AgentLog.open({ path: rig.file, output: 'events' });
    log.beginCall(callOf());
    expect(lines()).toHaveLength(1);
    log.write('stdout', Buffer.from('{"type":"a"}\n{"type":'));
    expect(lines()).toHaveLength(2);
    return log.close();
  });

  it('is added to those of an earlier process, whose torn last line is repaired', async () => {
    await rig.logOf('events', [['stdout', '{"type":"earlier"}\n']]);
    appendFileSync(rig.file, '{"type":"item.completed","ite');
    await rig.logOf('events', [['stdout', '{"type":"later"}\n']]);
    expect(await rig.records()).toEqual([{ type: 'earlier' }, { type: 'later' }]);
  });

  it('is the only time when there may be output', async () => {
    const log = AgentLog.open({ path: rig.file, output: 'events' });
    expect(() => log.write('stdout', Buffer.from('x'))).toThrow(
      'The log of an agent was used outside of a call.',
    );
    await log.close();
    expect(() => AgentLog.open({ path: path.join(rig.folder, 'missing', 'log'), output: 'text' })).toThrow(
      /ENOENT/,
    );
  });
});

describe('events', () => {
  it('are stored byte for byte and handed over parsed, known or not', async () => {
    const odd = '{ "type" : "no.such.event", "n":1.0, "text":"caf\\u00e9 é" }';
    await rig.logOf('events', [
      ['stdout', `${odd}\r\n{"type":`],
      ['stdout', '"b"}\n'],
    ]);
    expect(lines().slice(1, -1)).toEqual([odd, '{"type":"b"}']);
    expect(rig.seen).toEqual([{ type: 'no.such.event', n: 1, text: 'café é' }, { type: 'b' }]);
  });

  it('stay valid JSON lines in spite of stray text and a torn last line', async () => {
    await rig.logOf('events', [
      ['stdout', 'Reading prompt "1"…\n\n{ not JSON }\n[1]\n{"type":"a"}\n{"type":"b'],
    ]);
    const output = (text: string) => ({ type: 'agent.output', stream: 'stdout', text });
    expect(await rig.records()).toEqual([
      output('Reading prompt "1"…'),
      output(''),
      output('{ not JSON }'),
      output('[1]'),
      { type: 'a' },
      output('{"type":"b'),
    ]);
    expect(rig.seen).toEqual([{ type: 'a' }]);
  });

  it('beyond 1 MiB pass through without being parsed', async () => {
    const long = `{"type":"item","text":"${'x'.repeat(3_000_000)}"}`;
    const cut: Piece[] = [];
    for (let at = 0; at < long.length; at += 65_536) cut.push(['stdout', long.slice(at, at + 65_536)]);
    await rig.logOf('events', [...cut, ['stdout', '\n{"type":"next"}\n']]);
    expect(lines()[1] === long).toBe(true);
    expect(rig.seen).toEqual([{ type: 'next' }]);
  });

  it('let standard error wait while a long one is on its way', async () => {
    const half = 'x'.repeat(1_500_000);
    await rig.logOf('events', [
      ['stdout', `{"text":"${half}`],
      ['stderr', 'meanwhile\n'],
      ['stdout', `${half}"}\n`],
    ]);
    const [event, output] = await rig.records();
    expect(event?.['text'] === half + half).toBe(true);
    expect(output).toEqual({ type: 'agent.output', stream: 'stderr', text: 'meanwhile' });
  });

  it('that are long are cut rather than keep too much of standard error waiting', async () => {
    const half = 'x'.repeat(1_500_000);
    const errors: Piece[] = Array.from({ length: 100 }, () => ['stderr', `${'e'.repeat(9_999)}\n`]);
    await rig.logOf('events', [
      ['stdout', `{"text":"${half}`],
      ...errors,
      ['stdout', `${half}"}\n{"type":"next"}\n`],
    ]);
    const raw = lines();
    expect(raw.filter((line) => line.includes('"stream":"stderr"'))).toHaveLength(100);
    const rest = raw.filter((line) => line.includes('"stream":"stdout"'));
    const texts = rest.map((line) => textOf(JSON.parse(line)));
    expect(`${raw[1]}${texts.join('')}` === `{"text":"${half}${half}"}`).toBe(true);
    expect(rig.seen).toEqual([{ type: 'next' }]);
  });
});

describe('text', () => {
  it('is one record for each line, handed over without its line end', async () => {
    await rig.logOf('text', [
      ['stdout', 'one\r\n{"type":"usage"}\n'],
      ['stdout', 'thr'],
      ['stdout', 'ee'],
    ]);
    expect((await rig.records()).map(textOf)).toEqual(['one', '{"type":"usage"}', 'three']);
    expect(rig.seen).toEqual(['one', '{"type":"usage"}', 'three']);
  });

  it('beyond 64 KiB in a line is cut, never within a character', async () => {
    const long = '€'.repeat(100_000);
    await rig.logOf('text', [
      ['stdout', long],
      ['stdout', '\nend\n'],
    ]);
    const records = await rig.records();
    expect(records.map(({ continues }) => continues)).toEqual([true, true, true, true, undefined, undefined]);
    expect(records.slice(0, 5).map(textOf).join('') === long).toBe(true);
    expect(textOf(records[5])).toBe('end');
    expect(long.endsWith(String(rig.seen[0]))).toBe(true);
    expect(rig.seen).toEqual([expect.stringMatching(/^€{10000,}$/), 'end']);
  });

  it('that is no UTF-8 keeps its bytes', async () => {
    await rig.logOf('text', [['stdout', Buffer.from([0x61, 0xff, 0x0a])]]);
    expect(await rig.records()).toEqual([
      { type: 'agent.output', stream: 'stdout', text: 'a\uFFFD', base64: 'Yf8=' },
    ]);
  });

  it('in a flood shares records, and is still handed over line by line', async () => {
    const many = Array.from({ length: 20_000 }, (_unused, at) => `line ${at}`);
    await rig.logOf('text', [
      ['stdout', `the first ${many.join('\n')}\nthe la`],
      ['stdout', 'st\n'],
    ]);
    const records = await rig.records();
    expect(records.length).toBeLessThan(10);
    expect(rig.seen).toEqual([`the first ${many[0]}`, ...many.slice(1), 'the last']);
    const text = records.map((record) => textOf(record) + (record['continues'] === true ? '' : '\n'));
    expect(text.join('') === `the first ${many.join('\n')}\nthe last\n`).toBe(true);
  });

  it('can be put together again, whatever it is and however it was cut', async () => {
    const line = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('y'.repeat(9_000)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          line.map((text) => text.replaceAll('\r', '')),
          { maxLength: 12 },
        ),
        fc.array(fc.nat(60_000), { maxLength: 5 }),
        async (texts, cuts) => {
          writeFileSync(rig.file, '');
          const all = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          const borders = [0, ...cuts.toSorted((a, b) => a - b), all.length];
          const pieces = borders.slice(1).flatMap((border, at): Piece[] => [
            ['stdout', all.subarray(borders[at], border)],
            ['stderr', '!'],
          ]);
          await rig.logOf('text', pieces);
          const records = (await rig.records()).filter(({ stream }) => stream === 'stdout');
          const joined = records.map((record) => textOf(record) + (record['continues'] === true ? '' : '\n'));
          expect(joined.join('')).toBe(all.toString('utf8'));
        },
      ),
      { numRuns: 100 },
    );
  });
});

it('asks for a pause when the file does not keep up, and ends it', async () => {
  const log = AgentLog.open({ path: rig.file, output: 'text' });
  log.beginCall(callOf());
  const chunk = Buffer.from(`${'x'.repeat(65_535)}\n`);
  let taken = 0;
  while (log.write('stdout', chunk)) taken += chunk.length;
  expect(taken).toBeLessThan(2 * 1024 * 1024);
  let drained = false;
  log.onDrain = () => {
    drained = true;
  };
  await eventually(() => drained);
  const printed = await log.endCall({ exitCode: 0, signal: null, ended: 'exited', durationMs: 0 });
  await log.close();
  expect(printed.stdoutBytes).toBe(taken + chunk.length);
  expect(printed.stdoutTail).toHaveLength(65_536);
  const { lines: all } = await readJsonLinesFile(rig.file);
  expect(all).toHaveLength(2 + printed.stdoutBytes / chunk.length);
});

it.skipIf(!existsSync('/dev/full'))(
  'tells of a full disk once, takes and drops what comes later, and rejects',
  async () => {
    const full = AgentLog.open({ path: '/dev/full', output: 'text' });
    const errors: unknown[] = [];
    full.onError = (error) => errors.push([error.code, error.path]);
    full.beginCall(callOf());
    await writeAll(
      full,
      Array.from({ length: 100 }, () => ['stdout', 'x'.repeat(65_536)]),
    );
    const exit = { exitCode: 0, signal: null, ended: 'exited', durationMs: 0 };
    await expect(full.endCall(exit)).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(full.close()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(errors).toEqual([['ENOSPC', '/dev/full']]);
  },
);

function textOf(record: unknown): string {
  return typeof record === 'object' && record !== null && 'text' in record ? String(record.text) : '';
}
