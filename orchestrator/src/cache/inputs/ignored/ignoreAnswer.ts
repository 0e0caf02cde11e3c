/** What git said it ignores in a repository, and what that depends on besides the `.gitignore` files in its folders. */
export interface IgnoreAnswer {
  /** Where the repository begins, relative to the root of the inputs; '' for the one that holds it. */
  repository: string;
  /** When git was asked, in ms since 1970. */
  askedAt: number;
  /**
   * Ignored files, and folders with a slash at their end, relative to the root of the inputs. What is in a folder that
   * is ignored as a whole does not stand here.
   */
  paths: string[];
  /** Absolute paths of index, configuration and the like, with their stamps as texts; '' for those that are not there. */
  sources: [path: string, stamp: string][];
  /** The variables that say where git finds its configuration. */
  environment: string;
}
