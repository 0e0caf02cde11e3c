import type { CommandRecord } from '../../run/manifestTypes.ts';

/** Shows the logs of stages, one after the other, in one form or another. Writes wait for their reader. */
export interface LogPrinter {
  /** False once nobody reads any more. */
  readonly isOpen: boolean;
  beginStage(command: CommandRecord): Promise<void>;
  output(stream: 'stdout' | 'stderr', bytes: Buffer): Promise<void>;
  /** `note` says in a few words why there is no output; null where there is some. */
  endStage(command: CommandRecord, facts: { attempts: number; note: string | null }): Promise<void>;
  end(): Promise<void>;
}
