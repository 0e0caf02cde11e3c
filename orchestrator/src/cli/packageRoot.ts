import path from 'node:path';

/** The way from a file of the bundle to its package, put in place by the bundler; absent when the sources run as they are. */
declare const __TO_PACKAGE__: string;

/** The folder of this package, told to stages as `CODEX_ORCHESTRATOR_PACKAGE_ROOT`. */
export function packageRoot(): string {
  return path.join(import.meta.dirname, typeof __TO_PACKAGE__ === 'string' ? __TO_PACKAGE__ : '../../..');
}
