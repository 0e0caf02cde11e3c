import { nearestWord } from '../config/nearestWord.ts';
import { FailureError, type Failure } from '../failure.ts';
import { VERSION } from '../version.ts';
import { commandNamed } from './commandNamed.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitCodeOf } from './exitCodes.ts';
import { jsonWanted } from './jsonWanted.ts';
import { errnoText, fileTroubleOf } from './present/errnoText.ts';
import {
  failureJson,
  fileTroubleJson,
  internalErrorJson,
  type FailureDocument,
} from './present/failureJson.ts';
import { failureText } from './present/failureText.ts';
import { printable } from './present/printable.ts';
import { createStyle } from './present/style.ts';
import { writeJson } from './present/writeJson.ts';
import { COMMANDS } from './registry.ts';
import { errorMessage } from '../storage/errorMessage.ts';

/** Says on stderr, and on stdout too where JSON was asked for, what went wrong; returns the exit code. */
export function reportError(error: unknown, context: CliContext): number {
  const { message, document } = describe(error, context);
  const style = createStyle(context.stderr, context.env);
  context.stderr.write(`${style.red('error:')} ${message}\n`);
  if (context.env['CODEX_ORCHESTRATOR_DEBUG'] === '1' && error instanceof Error) {
    context.stderr.write(`${error.stack ?? ''}\n`);
  }
  writeDocument(document, context);
  return document.exit_code;
}

function describe(error: unknown, context: CliContext): { message: string; document: FailureDocument } {
  if (error instanceof FailureError) {
    const { failure } = error;
    const definitions = COMMANDS.map(({ definition }) => definition);
    const command = commandNamed(definitions, context.argv)?.name;
    const message = failureText(failure, { command, suggestion: suggestionFor(failure) });
    return { message, document: failureJson(failure, message, exitCodeOf(failure)) };
  }
  const trouble = fileTroubleOf(error);
  if (trouble !== null) {
    const message = errnoText(trouble);
    return { message, document: fileTroubleJson(trouble, message, EXIT.cannotWrite) };
  }
  const what = printable(errorMessage(error));
  const message = [
    `Internal error in codex-orchestrator ${VERSION}: ${what}`,
    'This is a bug. Please report it with the command you ran and the output of CODEX_ORCHESTRATOR_DEBUG=1.',
  ].join('\n');
  return { message, document: internalErrorJson(what, EXIT.internal) };
}

function suggestionFor(failure: Failure): string | undefined {
  if (failure.kind === 'pipeline-not-found') return nearestWord(failure.pipelineId, failure.known);
  if (failure.kind === 'stage-not-found') return nearestWord(failure.stageId, failure.known);
  return undefined;
}

function writeDocument(document: FailureDocument, { argv, stdout }: CliContext): void {
  const form = jsonWanted(argv);
  if (form === 'document') writeJson(stdout, document);
  if (form === 'line') stdout.write(`${JSON.stringify(document)}\n`);
}
