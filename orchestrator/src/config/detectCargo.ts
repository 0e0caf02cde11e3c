import { type Detection, emptyDetection } from './detection.ts';
import { isOnPath } from './findOnPath.ts';
import { readDocument } from './readDocument.ts';

const FILE = 'Cargo.toml';
const CLIPPY = 'cargo clippy --all-targets';

/** Detects the usual stages of a Rust repository. */
export async function detectCargo(root: string, env: NodeJS.ProcessEnv): Promise<Detection> {
  const detection = emptyDetection('cargo', 'Cargo');
  const read = await readDocument(root, FILE);
  if (read.kind === 'problems') return { ...detection, problems: read.problems };
  if (read.kind === 'absent') return { ...detection, missing: [`${FILE} (not there)`] };
  detection.stages.push({ purpose: 'build', command: 'cargo build', reason: FILE });
  if (isOnPath('cargo-clippy', env)) {
    detection.stages.push({ purpose: 'lint', command: CLIPPY, reason: `${FILE}, cargo-clippy is installed` });
  } else {
    detection.skipped.push({ what: CLIPPY, reason: 'cargo-clippy is not on PATH' });
  }
  detection.stages.push({ purpose: 'test', command: 'cargo test', reason: FILE });
  return detection;
}
