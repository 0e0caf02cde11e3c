import type * as core from 'zod/v4/core';
import * as z from 'zod/mini';
import type { Finding } from './finding.ts';
import { type ConfigFile, configFileSchema } from './schema.ts';
import { shapeFindings } from './shapeFindings.ts';

/** A document of the right shape, or null, and everything that is wrong with its shape. */
export interface CheckedShape {
  value: ConfigFile | null;
  findings: Finding[];
}

/** Validates a parsed `codex.orchestrator.json`. Unknown keys are findings, but do not keep it from being used. */
export function checkShape(document: unknown): CheckedShape {
  const strict = validate(document);
  if (strict.success) return { value: strict.data, findings: [] };
  const { issues } = strict.error;
  const findings = shapeFindings(document, issues);
  for (const issue of issues) if (issue.code === 'unrecognized_keys') removeKeys(document, issue);
  const lenient = validate(document);
  return { value: lenient.success ? lenient.data : null, findings };
}

function validate(document: unknown): z.core.util.SafeParseResult<ConfigFile> {
  // Compiling a validator pays off after many documents; there is one.
  return z.safeParse(configFileSchema, document, { jitless: true });
}

/** Takes unknown keys out of the document, so that what remains can be validated. */
function removeKeys(document: unknown, issue: core.$ZodIssueUnrecognizedKeys): void {
  let owner = document;
  for (const step of issue.path) owner = isObject(owner) ? owner[step] : undefined;
  if (isObject(owner)) for (const key of issue.keys) delete owner[key];
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
