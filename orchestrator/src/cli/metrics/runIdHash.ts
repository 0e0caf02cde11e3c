/**
 * A hash of a run id as a whole number below 2^53, so that it fits a double: two 32-bit multiply-and-shift hashes with
 * different seeds (the mixing steps are those of MurmurHash3), of which one gives the upper 21 bits. Two ids may share
 * a hash; whoever looks one up compares the ids.
 */
export function runIdHash(runId: string): number {
  let a = 0x9e3779b9 ^ runId.length;
  let b = 0x85ebca6b ^ runId.length;
  for (let at = 0; at < runId.length; at += 1) {
    const code = runId.charCodeAt(at);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ code, 0x1b873593);
    b = (b << 13) | (b >>> 19);
  }
  return (mix(a ^ b) >>> 11) * 2 ** 32 + (mix(b) >>> 0);
}

/** How many bits a hash has. */
export const HASH_BITS = 53;

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
