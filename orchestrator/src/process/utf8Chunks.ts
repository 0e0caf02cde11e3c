/**
 * How many bytes at the end of `bytes[0..length)` begin a UTF-8 character that could still be completed by what
 * comes next: 0 to 3. Bytes that can never become valid are not counted (Unicode Standard, table 3-7).
 */
export function incompleteTail(bytes: Uint8Array, length: number): number {
  for (let size = 1; size <= 3 && size <= length; size += 1) {
    const lead = bytes[length - size] ?? 0;
    if (lead < 0x80) return 0;
    if (lead < 0xc0) continue;
    if (size >= sequenceLength(lead)) return 0;
    return size === 1 || canFollow(lead, bytes[length - size + 1] ?? 0) ? size : 0;
  }
  return 0;
}

/** How many bytes at the start only continue a character whose beginning was cut off: 0 to 3. */
export function continuationHead(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}

/** 0 for bytes that begin no character. */
function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Some leads allow only part of the continuation bytes: overlong forms, surrogates, beyond U+10FFFF. */
function canFollow(lead: number, second: number): boolean {
  switch (lead) {
    case 0xe0:
      return second >= 0xa0;
    case 0xed:
      return second < 0xa0;
    case 0xf0:
      return second >= 0x90;
    case 0xf4:
      return second < 0x90;
    default:
      return true;
  }
}
