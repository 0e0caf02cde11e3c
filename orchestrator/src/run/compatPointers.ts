import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { jsonDocument, replaceFileSync } from '../storage/replaceFile.ts';
import { artifactPath, type RunPaths, type TaskEnvironment } from './paths.ts';
import { makeDirectory } from '../storage/makeDirectory.ts';
import { errorCode } from '../storage/errorCode.ts';
import type { FileActivity } from '../storage/fileActivity.ts';
import { errorMessage } from '../storage/errorMessage.ts';

/**
 * Leaves the two pointers by which legacy readers find a run: `<task>/mcp/<run>/manifest.json` (a document) and
 * `local-mcp/<run>/manifest.json` (a relative symlink, or a document where symlinks are refused). They are hints,
 * so they are written without fsync; returns one warning per pointer that could not be written.
 */
export function writeCompatPointers(env: TaskEnvironment, paths: RunPaths): string[] {
  return [writeMcpPointer, writeLocalPointer].flatMap((write) => {
    try {
      write(env, paths);
      return [];
    } catch (error) {
      return [`A legacy run pointer was not written: ${errorMessage(error)}`];
    }
  });
}

function writeMcpPointer(env: TaskEnvironment, paths: RunPaths): void {
  const pointer = {
    redirect_to: artifactPath(env, paths.runDir),
    manifest: artifactPath(env, paths.manifestPath),
    created_at: new Date().toISOString(),
    note: 'The evidence of this run is in the directory named by redirect_to.',
  };
  const { activity } = env;
  try {
    writeCheaply(path.join(paths.compatDir, 'manifest.json'), pointer, activity);
  } catch (error) {
    writeCheaply(
      path.join(paths.compatDir, 'compat.json'),
      { ...pointer, error: errorMessage(error) },
      activity,
    );
  }
}

function writeLocalPointer(env: TaskEnvironment, paths: RunPaths): void {
  makeDirectory(paths.localCompatDir);
  const link = path.join(paths.localCompatDir, 'manifest.json');
  try {
    symlinkSync(path.relative(paths.localCompatDir, paths.manifestPath), link);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    const pointer = {
      redirect_to: artifactPath(env, paths.runDir),
      manifest: artifactPath(env, paths.manifestPath),
    };
    writeCheaply(link, pointer, env.activity);
  }
}

function writeCheaply(file: string, document: object, activity: FileActivity | undefined): void {
  replaceFileSync(file, jsonDocument(document), { durable: false, activity });
}
