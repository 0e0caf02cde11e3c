import { openGitWorkspace } from './gitWorkspace.ts';
import { findRepository } from './repository.ts';
import type { Workspace } from './workspace.ts';

export interface WorkspaceOptions {
  /** Absolute. */
  repoRoot: string;
  runId: string;
  /** Absolute path of the folder for our own files. */
  dir: string;
  /** Absolute folders of our own evidence, which never count. */
  exclude: string[];
  env: NodeJS.ProcessEnv;
}

/**
 * Opens what the agent works on: the whole work tree when `repoRoot` lies in one, otherwise the folder alone (no
 * repository, a bare one, or no git). Changes nothing.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const search = await findRepository(options.repoRoot, options.env);
  if (search.found) return openGitWorkspace(search.repository, options);
  const { openFolderWorkspace } = await import('./folderWorkspace.ts');
  return openFolderWorkspace({ ...options, reason: search.reason });
}
