import { openGitWorkspace } from './gitWorkspace.ts';
import { findRepository } from './repository.ts';
import type { Workspace, WorkspaceOptions } from './workspace.ts';

/**
 * Opens what the agent works on: the whole work tree when `repoRoot` lies in one, otherwise the folder alone (no
 * repository, a bare one, or no git). Changes nothing.
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const search = await findRepository(options.repoRoot, options.env, options.signal);
  if (search.found) return openGitWorkspace(search.repository, options);
  const { openFolderWorkspace } = await import('./folderWorkspace.ts');
  return openFolderWorkspace({ ...options, reason: search.reason });
}
