/** What `doctor` found out about one thing. */
export interface Check {
  /** Stable word. */
  name: string;
  status: 'ok' | 'warn' | 'fail';
  /** One clause. */
  detail: string;
  /** What to do about it. */
  advice?: string;
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

export function warn(name: string, detail: string, advice: string): Check {
  return { name, status: 'warn', detail, advice };
}

export function fail(name: string, detail: string, advice: string): Check {
  return { name, status: 'fail', detail, advice };
}
