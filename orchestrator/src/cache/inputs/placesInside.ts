import fs from 'node:fs';
import path from 'node:path';

/**
 * Those of the absolute paths that lie below `root`, relative to it with forward slashes. They and the root may be
 * written with symbolic links or without, and need not exist.
 */
export function placesInside(root: string, places: readonly string[]): Set<string> {
  const real = realPath(root);
  const ways = places.flatMap((place) => [path.relative(root, place), path.relative(real, realPath(place))]);
  return new Set(
    ways
      .filter((way) => way !== '' && way.split(path.sep)[0] !== '..')
      .map((way) => way.split(path.sep).join('/')),
  );
}

function realPath(place: string): string {
  try {
    return fs.realpathSync(place);
  } catch {
    // Not there yet: nothing that could be an input, either.
    return place;
  }
}
