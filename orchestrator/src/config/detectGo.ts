import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Detection, emptyDetection } from './detection.ts';

const FILE = 'go.mod';

/** Detects the usual stages of a Go module. */
export function detectGo(root: string): Detection {
  const detection = emptyDetection('go', 'Go');
  if (!existsSync(path.join(root, FILE))) return { ...detection, missing: [`${FILE} (not there)`] };
  return {
    ...detection,
    stages: [
      { purpose: 'build', command: 'go build ./...', reason: FILE },
      { purpose: 'lint', command: 'go vet ./...', reason: FILE },
      { purpose: 'test', command: 'go test ./...', reason: FILE },
    ],
  };
}
