import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonDocument, replaceFile } from '../storage/replaceFile.ts';
import { artifactPath, type RunPaths, type TaskEnvironment } from './paths.ts';
import { errorCode } from '../storage/errorCode.ts';

/**
 * Leaves the two pointers by which legacy readers find a run: `<task>/mcp/<run>/manifest.json` (a document) and
 * `local-mcp/<run>/manifest.json` (a relative symlink, or a document where symlinks are refused). They are hints,
 * so they are written without fsync; returns one warning per pointer that could not be written.
 */
export async function writeCompatPointers(env: TaskEnvironment, paths: RunPaths): Promise<string[]> {
  const outcomes = await Promise.allSettled([writeMcpPointer(env, paths), writeLocalPointer(env, paths)]);
  return outcomes.flatMap((outcome) =>
    outcome.status === 'rejected'
      ? [`A legacy run pointer was not written: ${messageOf(outcome.reason)}`]
      : [],
  );
}

async function writeMcpPointer(env: TaskEnvironment, paths: RunPaths): Promise<void> {
  const pointer = {
    redirect_to: artifactPath(env, paths.runDir),
    manifest: artifactPath(env, paths.manifestPath),
    created_at: new Date().toISOString(),
    note: 'The evidence of this run is in the directory named by redirect_to.',
  };
  const file = path.join(paths.compatDir, 'manifest.json');
  try {
    await replaceFile(file, jsonDocument(pointer), { durable: false });
  } catch (error) {
    const fallback = { ...pointer, error: messageOf(error) };
    await replaceFile(path.join(paths.compatDir, 'compat.json'), jsonDocument(fallback), { durable: false });
  }
}

async function writeLocalPointer(env: TaskEnvironment, paths: RunPaths): Promise<void> {
  await mkdir(paths.localCompatDir, { recursive: true });
  const link = path.join(paths.localCompatDir, 'manifest.json');
  try {
    await symlink(path.relative(paths.localCompatDir, paths.manifestPath), link);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    const pointer = {
      redirect_to: artifactPath(env, paths.runDir),
      manifest: artifactPath(env, paths.manifestPath),
    };
    await writeFile(link, jsonDocument(pointer));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
