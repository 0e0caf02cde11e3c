import { errorCode } from '../../storage/errorCode.ts';
import type { FileActivity } from '../../storage/fileActivity.ts';
import { readJsonLines } from '../../storage/readJsonLines.ts';
import type { AgentRole } from '../types.ts';
import type { AgentAdapter, AgentReader, AgentReport } from './adapter.ts';
import { LONGEST_EVENT_BYTES } from './agentRecords.ts';
import { agentVerdict, type AgentVerdict } from './agentVerdict.ts';
import { amountOf, fieldsOf, textOf } from './eventFields.ts';
import { TextLines } from './textLines.ts';

type Fields = Record<string, unknown>;

/** One process of the agent, as far as the log of its iteration tells. */
export interface LoggedProcess {
  role: AgentRole;
  report: AgentReport;
  /** `interrupted`: nobody was there any more to see its end. One that had answered by then is done all the same. */
  ended: AgentVerdict['ended'] | 'interrupted';
  exitCode: number | null;
  /** In ms; 0 where its end is not on record. */
  durationMs: number;
}

/**
 * Reads again what the processes of an agent did, in their order, from the log that {@link AgentLog} writes. None when
 * there is no log. Damaged lines, as a killed writer leaves one at the end, are passed over. Rejects with errno errors.
 */
export async function readAgentLog(
  path: string,
  adapter: AgentAdapter,
  activity?: FileActivity,
): Promise<LoggedProcess[]> {
  const processes: LoggedProcess[] = [];
  let open: OpenProcess | null = null;
  const finish = (exit: Fields | null): void => {
    if (open !== null) processes.push(open.end(exit));
    open = null;
  };
  try {
    for await (const line of readJsonLines(path, { maxLineBytes: LONGEST_EVENT_BYTES, activity })) {
      if (line.kind === 'damaged') continue;
      const fields = fieldsOf(line.value);
      if (fields['type'] === 'agent.call') {
        finish(null);
        open = openProcess(adapter, roleOf(fields));
      } else if (fields['type'] === 'agent.exit') finish(fields);
      else open?.take(fields);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  finish(null);
  return processes;
}

interface OpenProcess {
  take(record: Fields): void;
  end(exit: Fields | null): LoggedProcess;
}

function openProcess(adapter: AgentAdapter, role: AgentRole): OpenProcess {
  const reader = adapter.createReader();
  const text = new TextLines((line) => reader.read(line));
  /** The beginning of a line that goes on in the next record. */
  let begun: Buffer[] = [];
  return {
    take(record) {
      if (record['type'] !== 'agent.output') reader.read(record);
      else if (adapter.output === 'text' && record['stream'] === 'stdout') {
        begun.push(bytesOf(record));
        if (record['continues'] === true && begun.length < MOST_PIECES) return;
        text.take(Buffer.concat(begun));
        begun = [];
      }
    },
    end(exit) {
      if (begun.length > 0) text.take(Buffer.concat(begun));
      text.finish();
      return { role, ...endOf(adapter, reader, exit) };
    },
  };
}

/** Pieces of one line that are joined; a longer line is read as several. */
const MOST_PIECES = 16;

function endOf(adapter: AgentAdapter, reader: AgentReader, exit: Fields | null): Omit<LoggedProcess, 'role'> {
  // Its message is put together at every look.
  const report = { ...reader.report() };
  if (exit === null) {
    return { report, ended: report.answered ? 'done' : 'interrupted', exitCode: null, durationMs: 0 };
  }
  const exitCode = typeof exit['exit_code'] === 'number' ? exit['exit_code'] : null;
  const durationMs = amountOf(exit['duration_ms']);
  const ended = ENDS.find((end) => end === exit['ended']) ?? 'cancelled';
  const { ended: verdict } = agentVerdict(adapter, {
    ended,
    report,
    stderr: '',
    outcome: {
      exitCode,
      durationMs,
      ended: ended === 'answered' || ended === 'out-of-tokens' ? 'cancelled' : ended,
      pid: null,
      signal: null,
      error: null,
      pipesHeld: false,
    },
  });
  return { report, ended: verdict, exitCode, durationMs };
}

const ENDS = ['exited', 'timed-out', 'cancelled', 'not-started', 'answered', 'out-of-tokens'] as const;

const ROLES: readonly AgentRole[] = ['agent', 'planner', 'critic', 'reviser'];

function roleOf(call: Fields): AgentRole {
  return ROLES.find((role) => role === call['role']) ?? 'agent';
}

function bytesOf(record: Fields): Buffer {
  const base64 = textOf(record['base64']);
  return base64 === null ? Buffer.from(textOf(record['text']) ?? '') : Buffer.from(base64, 'base64');
}
