import path from 'node:path';
import { fieldsOf, itemsOf, textOf } from './eventFields.ts';

/** What Codex does, by an item of its events: `$ npm test`, `edits a.ts`, …; null when there is nothing to say. */
export function codexAction(item: Record<string, unknown>): string | null {
  const text = (name: string): string => textOf(item[name]) ?? '';
  switch (item['type']) {
    case 'command_execution':
      return `$ ${withoutShell(text('command').slice(0, LOOKED_AT))}`;
    case 'file_change':
      return editText(itemsOf(item['changes']));
    case 'mcp_tool_call':
      return `${text('server')}: ${text('tool')}`;
    case 'collab_tool_call':
      return `subagent: ${text('tool')}`;
    case 'web_search':
      return `searches the web: ${text('query')}`;
    case 'todo_list':
      return planText(itemsOf(item['items']));
    case 'agent_message':
      return firstLine(text('text'));
    case 'reasoning':
      // Its first line is a heading in bold type.
      return firstLine(text('text').replaceAll('**', ''));
    default:
      return null;
  }
}

/** Longest part of a command that is looked at, in UTF-16 code units; much less is shown. */
const LOOKED_AT = 2_000;
const FILES_NAMED = 3;

/** The paths are absolute and would fill the line. */
function editText(changes: unknown[]): string {
  const names = changes.map((change) => path.basename(textOf(fieldsOf(change)['path']) ?? ''));
  const more = names.length - FILES_NAMED;
  return `edits ${names.slice(0, FILES_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function planText(steps: unknown[]): string | null {
  const next = steps.map(fieldsOf).find((step) => step['completed'] !== true);
  const text = textOf(next?.['text']);
  return text === null ? null : `plan: ${text}`;
}

function firstLine(text: string): string | null {
  const line = text.slice(0, LOOKED_AT).trim().split('\n', 1)[0] ?? '';
  return line === '' ? null : line;
}

/** Codex tells a command as the shell that it runs and its quoted text: `/bin/bash -lc 'npm test'`. */
function withoutShell(command: string): string {
  const text = /^\S*sh -l?i?c (.*)$/s.exec(command)?.[1];
  return text === undefined ? command : text.replaceAll(QUOTED, unquote);
}

/** Single quotes, double quotes and escapes of the POSIX shell; the last quote may have been cut off. */
const QUOTED = /'([^']*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|\\?$)|\\(.)/gs;

function unquote(quoted: string, single?: string, double?: string, escaped?: string): string {
  return single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? quoted;
}
