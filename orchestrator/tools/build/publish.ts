import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../src/storage/errorCode.ts';

/** One file of a build. */
export interface OutputFile {
  /** Path inside the output folder. */
  name: string;
  text: string;
  /** Is started by name; every other file is reached from it. */
  isEntry: boolean;
}

/** Which chunks the newest build and the one before it refer to; kept in `.build.json`. */
interface BuildRecord {
  current: string[];
  previous: string[];
}

const RECORD_NAME = '.build.json';
const CHUNKS_DIR = 'chunks';

/**
 * Puts a build into `outDir` while programs may be running from an earlier build in the same place, even the
 * program that started this one. Such a program still loads its own chunks later on, so: new chunks come first,
 * the entry is replaced in one step, and chunks of the build before stay until the next different build.
 */
export async function publish(outDir: string, files: readonly OutputFile[]): Promise<void> {
  await mkdir(path.join(outDir, CHUNKS_DIR), { recursive: true });
  const chunks = files.filter((file) => !file.isEntry);
  for (const chunk of chunks) await replace(path.join(outDir, chunk.name), chunk.text, 0o644);

  const record = nextRecord(await readRecord(outDir), chunks.map((chunk) => chunk.name).toSorted());
  await replace(path.join(outDir, RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`, 0o644);

  for (const entry of files.filter((file) => file.isEntry)) {
    await replace(path.join(outDir, entry.name), entry.text, 0o755);
  }
  await removeOthers(outDir, new Set([...record.current, ...record.previous]));
}

/** Repeating a build changes nothing: its forerunner stays the one before. */
function nextRecord(last: BuildRecord, names: string[]): BuildRecord {
  const isRepeated = names.join('\n') === last.current.join('\n');
  return { current: names, previous: isRepeated ? last.previous : last.current };
}

/** A missing or damaged record means that nothing is known of earlier builds. */
async function readRecord(outDir: string): Promise<BuildRecord> {
  const unknown: BuildRecord = { current: [], previous: [] };
  try {
    const value: unknown = JSON.parse(await readFile(path.join(outDir, RECORD_NAME), 'utf8'));
    return isRecord(value) ? value : unknown;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return unknown;
    throw error;
  }
}

function isRecord(value: unknown): value is BuildRecord {
  if (typeof value !== 'object' || value === null) return false;
  return 'current' in value && isNameList(value.current) && 'previous' in value && isNameList(value.previous);
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await chmod(temporary, mode);
  await rename(temporary, file);
}

async function removeOthers(outDir: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(path.join(outDir, CHUNKS_DIR))) {
    const chunk = `${CHUNKS_DIR}/${name}`;
    // What programs keep beside their chunks (see `loadChunk.ts`) comes and goes meanwhile.
    if (!kept.has(chunk)) await rm(path.join(outDir, chunk), { recursive: true, force: true });
  }
}
