import { ENTRY_VERSION, type EntryDocument, type StoredOutput } from './entryDocument.ts';

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isHash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isMode: Check = (value) => isCount(value) && Number(value) <= 0o777;
const isTarget: Check = (value) => typeof value === 'string' && value !== '' && !value.includes('\0');
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LOG: Record<string, Check> = { size: isCount, sha256: isHash };

const ENTRY: Record<string, Check> = {
  version: (value) => value === ENTRY_VERSION,
  key: isHash,
  created_at: isText,
  pipeline_id: isText,
  stage_id: isText,
  run_id: isText,
  task_id: (value) => value === null || isText(value),
  duration_ms: (value) => Number.isFinite(value),
  summary: isText,
  facts: isFields,
  bytes: isCount,
  log: (value) => value === null || hasShape(value, LOG),
  outputs: (value) => Array.isArray(value) && value.every(isOutput),
};

const OUTPUTS: Record<StoredOutput['kind'], Record<string, Check>> = {
  file: { path: isInside, kind: isText, mode: isMode, size: isCount, sha256: isHash },
  symlink: { path: isInside, kind: isText, target: isTarget },
  directory: { path: isInside, kind: isText, mode: isMode },
};

/**
 * Makes sure that a parsed `entry.json` is that of the entry with this key, and that nothing in it leads out of the
 * repository. By hand: it is read at every hit, and a library for it takes longer to load than all hits of a run.
 */
export function checkEntry(document: unknown, key: string): EntryDocument | { damage: string } {
  if (!isFields(document)) return { damage: 'entry.json is no object' };
  if (document['version'] !== ENTRY_VERSION) return { damage: 'entry.json has another version' };
  const wrong = Object.keys(ENTRY).find((name) => ENTRY[name]?.(document[name]) !== true);
  if (wrong !== undefined) return { damage: `entry.json has a wrong "${wrong}"` };
  if (!isEntry(document)) return { damage: 'entry.json has a field too many' };
  if (document.key !== key) return { damage: 'entry.json belongs to another key' };
  const tangled = tangledPath(document.outputs);
  if (tangled !== undefined) return { damage: `entry.json has "${tangled}" twice or below another output` };
  return document;
}

function isEntry(fields: Fields): fields is Fields & EntryDocument {
  return hasShape(fields, ENTRY);
}

/** Exactly these fields, each as it should be. */
function hasShape(value: unknown, shape: Record<string, Check>): boolean {
  if (!isFields(value)) return false;
  const names = Object.keys(shape);
  return (
    Object.keys(value).length === names.length && names.every((name) => shape[name]?.(value[name]) === true)
  );
}

function isOutput(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { kind } = value;
  return (kind === 'file' || kind === 'symlink' || kind === 'directory') && hasShape(value, OUTPUTS[kind]);
}

/** A path below the root of the repository, written in the only way there is; git's own folder is nobody's output. */
function isInside(value: unknown): boolean {
  if (typeof value !== 'string' || value.includes('\0')) return false;
  const parts = value.split('/');
  return parts[0] !== '.git' && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A path that stands for two things, or would have to be reached through an output that is no folder to put things in. */
function tangledPath(outputs: readonly StoredOutput[]): string | undefined {
  const paths = new Set<string>();
  for (const { path } of outputs) {
    if (paths.has(path)) return path;
    paths.add(path);
  }
  return outputs.find(({ path }) => {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.has(path.slice(0, end))) return true;
    }
    return false;
  })?.path;
}
