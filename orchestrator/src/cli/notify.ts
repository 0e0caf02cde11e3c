import { appendFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ExecSummary, Notifications } from '../pipeline/finishExec.ts';
import { spanOf } from './otelSpan.ts';

/** Longest wait for one receiver, in ms: a remote service never stalls a run. */
const TIMEOUT_MS = 5_000;

/**
 * Sends the summary of a run to every target, side by side: `http:` and `https:` get it by POST, `file:` one JSON
 * line appended. A span of the run goes to the OpenTelemetry endpoint if there is one. Never throws; what failed is
 * in the result.
 */
export async function notifyAll(
  summary: ExecSummary,
  targets: string[],
  otelEndpoint: string | null,
): Promise<Notifications> {
  const deliveries = targets.map((target) => attempt(target, () => send(target, summary)));
  if (otelEndpoint !== null) {
    const url = `${otelEndpoint.replace(/\/$/, '')}/v1/traces`;
    deliveries.push(attempt(url, () => post(url, spanOf(summary))));
  }
  const outcomes = await Promise.all(deliveries);
  return {
    targets: outcomes.map((outcome) => outcome.target),
    delivered: outcomes.filter((outcome) => outcome.error === null).map((outcome) => outcome.target),
    failures: outcomes.flatMap(({ target, error }) => (error === null ? [] : [{ target, error }])),
  };
}

async function attempt(
  target: string,
  delivery: () => Promise<void>,
): Promise<{ target: string; error: string | null }> {
  try {
    await delivery();
    return { target, error: null };
  } catch (error) {
    return { target, error: reasonOf(error) };
  }
}

function send(target: string, summary: ExecSummary): Promise<void> {
  const url = new URL(target);
  if (url.protocol === 'file:') return appendFile(fileURLToPath(url), `${JSON.stringify(summary)}\n`);
  if (url.protocol === 'http:' || url.protocol === 'https:') return post(target, summary);
  throw new Error(`expected an http:, https: or file: address, found ${url.protocol}`);
}

async function post(url: string, document: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`answered ${response.status}`);
}

/** `fetch` says only "fetch failed"; what happened is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
