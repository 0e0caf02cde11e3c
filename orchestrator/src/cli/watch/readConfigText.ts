import fs from 'node:fs/promises';
import path from 'node:path';
import { CONFIG_FILE } from '../../config/loadConfig.ts';
import { errorCode } from '../../storage/errorCode.ts';

/** What the configuration file of a repository holds; null when there is none, or none that can be read. */
export async function readConfigText(repoRoot: string): Promise<string | null> {
  try {
    return await fs.readFile(path.join(repoRoot, CONFIG_FILE), 'utf8');
  } catch (error) {
    // What is wrong with it is for those to say who load it.
    if (errorCode(error) === '') throw error;
    return null;
  }
}
