import type { FileActivity } from '../storage/fileActivity.ts';
import { JsonLinesWriter } from '../storage/jsonLinesWriter.ts';
import type { OutputCounts } from './journalEvents.ts';
import type { GuardMode, PrivacyDecision } from './manifestTypes.ts';

/** Most decisions of one attempt that the journal and the manifest repeat; the log holds all. */
const MAX_REPEATED = 20;

/** A frame of stage output in which a privacy rule found something. */
export interface TouchedFrame {
  sequence: number;
  rule: string;
  action: 'block' | 'redact';
}

/** Records what the privacy rules decided while one stage ran, attempt by attempt. */
export interface StagePrivacy {
  /** What is touched from now on belongs to this attempt. */
  begin(handleId: string): void;
  /** Never throws, being called from within the output of a command; an error comes with `counts`. */
  touch(frame: TouchedFrame): void;
  /**
   * Totals of the current attempt; `chunks` is the number of output records, `marks` that of records about its begin and
   * end, which the contract counts as frames of their own. Throws the errno error that kept a decision from being written.
   */
  counts(chunks: number, marks?: number): OutputCounts;
}

/** The run's `privacy-decisions.ndjson`: one line per frame that a rule touched. */
export class PrivacyLog {
  readonly #lines: JsonLinesWriter;
  readonly #mode: GuardMode;

  constructor(path: string, mode: GuardMode, activity?: FileActivity) {
    this.#lines = JsonLinesWriter.open(path, { activity });
    this.#mode = mode;
  }

  /** Begins the account of one stage. */
  stage(stageId: string): StagePrivacy {
    let handle = '';
    let repeated: PrivacyDecision[] = [];
    let totals = { redact: 0, block: 0 };
    let failed: { error: unknown } | null = null;
    return {
      begin: (handleId) => {
        handle = handleId;
        repeated = [];
        totals = { redact: 0, block: 0 };
      },
      touch: (frame) => {
        const decision = this.#decide(frame, handle, stageId);
        try {
          if (failed === null) this.#lines.append(decision);
        } catch (error) {
          failed = { error };
        }
        if (repeated.length < MAX_REPEATED) repeated.push(decision);
        if (this.#mode === 'enforce') totals[frame.action] += 1;
      },
      counts: (chunks, marks = 2) => {
        if (failed !== null) throw failed.error;
        const frames = chunks + marks;
        return {
          frames,
          redacted_frames: totals.redact,
          blocked_frames: totals.block,
          allowed_frames: frames - totals.redact - totals.block,
          decisions: repeated,
        };
      },
    };
  }

  close(): Promise<void> {
    return this.#lines.close();
  }

  #decide(frame: TouchedFrame, handleId: string, stageId: string): PrivacyDecision {
    const shadow = this.#mode === 'shadow';
    return {
      handle_id: handleId,
      sequence: frame.sequence,
      action: shadow ? 'allow' : frame.action,
      timestamp: new Date().toISOString(),
      stage_id: stageId,
      rule: frame.rule,
      reason: shadow ? 'shadow-mode' : null,
    };
  }
}
