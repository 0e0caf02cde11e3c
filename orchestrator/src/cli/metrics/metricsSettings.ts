/** Limits of the metrics files that a user may set (metrics contract, section 1). */
export interface MetricsSettings {
  /** Most lines per append while pending entries are merged; Infinity when unlimited. */
  batchMaxLines: number;
  /** Most bytes per append while pending entries are merged; Infinity when unlimited. */
  batchMaxBytes: number;
  /** Most privacy decisions kept in an entry; Infinity when there is no cap. */
  privacyEventsMax: number;
}

/** Reads the limits from environment variables. A value that is no number gives the default. */
export function metricsSettings(environment: NodeJS.ProcessEnv = process.env): MetricsSettings {
  const lines = integer(environment['CODEX_METRICS_PENDING_BATCH_MAX_LINES'], 500);
  const bytes = integer(environment['CODEX_METRICS_PENDING_BATCH_MAX_BYTES'], 1_048_576);
  const privacyEvents = integer(environment['CODEX_METRICS_PRIVACY_EVENTS_MAX'], -1);
  return {
    batchMaxLines: lines > 0 ? lines : Infinity,
    batchMaxBytes: bytes > 0 ? bytes : Infinity,
    privacyEventsMax: privacyEvents >= 0 ? privacyEvents : Infinity,
  };
}

/** `10abc` reads as 10: the contract takes the leading digits. */
function integer(text: string | undefined, fallback: number): number {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? fallback : value;
}
