import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../src/storage/errorCode.ts';
import { evidenceProblem } from './checkEvidence.ts';
import type { Finding } from './finding.ts';
import { anchorsOf } from './headings.ts';
import type { Link } from './links.ts';

/** Checks that every link of a document leads to a file, to a heading of it if it names one, and to valid JSON. */
export async function checkLinks(root: string, file: string, links: readonly Link[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { target, line, column } of links) {
    const message = await linkProblem(root, file, target);
    if (message !== null) findings.push({ file, line, column, severity: 'error', message });
  }
  return findings;
}

async function linkProblem(root: string, file: string, target: string): Promise<string | null> {
  const [place = '', fragment = ''] = target.split('#', 2).map(decoded);
  const relative = pathInRepository(file, place.replace(/\?.*$/, ''));
  if (relative.startsWith('../')) return `the link to ${target} leads out of the repository`;
  const absolute = path.join(root, relative);
  const kind = await kindOf(absolute);
  if (kind === 'missing') return `${relative} does not exist`;
  if (kind === 'directory') return null;
  if (fragment !== '' && relative.endsWith('.md')) {
    const anchors = anchorsOf(await readFile(absolute, 'utf8'));
    if (!anchors.has(fragment)) return `${relative} has no heading for #${fragment}`;
  }
  const problem = await evidenceProblem(absolute);
  return problem === null ? null : `${relative} does not parse: ${problem}`;
}

/** As on GitHub's pages: a leading slash means the root of the repository; nothing means the document itself. */
function pathInRepository(file: string, place: string): string {
  if (place === '') return file;
  if (place.startsWith('/')) return path.posix.normalize(place).slice(1);
  return path.posix.join(path.posix.dirname(file), place);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone percent sign is no escape; the name is meant as written.
    return part;
  }
}

async function kindOf(absolute: string): Promise<'file' | 'directory' | 'missing'> {
  try {
    return (await stat(absolute)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw error;
  }
}
