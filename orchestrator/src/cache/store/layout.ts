import path from 'node:path';

/** Where the stage cache keeps what. `v1` is the version of the layout: another one begins beside it. */
export interface StoreLayout {
  /** In which all of it lies. Beside it may be whatever the user has there. */
  root: string;
  /** `<first two characters of the key>/<key>/`, each a whole entry or nothing. */
  entries: string;
  /** What is being built or deleted; nobody reads it as an entry. */
  scratch: string;
  /** How much the entries take up, without looking at them. */
  usage: string;
  /** What is known of the files of each checkout. */
  hashes: string;
  /** Which result of a stage lies in each checkout, and who is at work there. */
  stages: string;
}

/** The places below the folder of the cache, an absolute path. Nothing is created. */
export function storeLayout(cacheDir: string): StoreLayout {
  const root = path.join(cacheDir, 'v1');
  return {
    root,
    entries: path.join(root, 'entries'),
    scratch: path.join(root, 'tmp'),
    usage: path.join(root, 'usage.ndjson'),
    hashes: path.join(root, 'hashes'),
    stages: path.join(root, 'stages'),
  };
}

/** The folder of an entry, which need not exist. */
export function entryFolder(cacheDir: string, key: string): string {
  return path.join(storeLayout(cacheDir).entries, key.slice(0, 2), key);
}

/** Whether a text has the form of a key: a SHA-256 in lower-case hex. Everything else is no name of an entry. */
export function isKey(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
