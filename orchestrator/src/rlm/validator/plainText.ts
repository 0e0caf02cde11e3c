import { stripVTControlCharacters } from 'node:util';

/** Text of a program without colours and other terminal control; tabs and line ends stay. */
export function plainText(text: string): string {
  const bare = STARTS_SEQUENCE.test(text) ? stripVTControlCharacters(text) : text;
  return bare.replace(CONTROLS, '');
}

// oxlint-disable no-control-regex -- finding control characters is the purpose
const STARTS_SEQUENCE = /[\u001b\u009b]/;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// oxlint-enable no-control-regex
