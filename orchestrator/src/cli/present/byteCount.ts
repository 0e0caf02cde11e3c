const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

/** A number of bytes for people: `512 B`, `41 KiB`, `1.2 GiB`: powers of 1024, two digits or more. */
export function formatBinaryBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let unit = 0;
  // Rounded before the unit is chosen, so that one byte less than a MiB reads `1.0 MiB`.
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Math.round(value * 10) < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit] ?? ''}`;
}
