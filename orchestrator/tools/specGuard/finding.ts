/** Something that the check has to say about one place of a document. */
export interface Finding {
  /** Path from the root of the repository, with forward slashes. */
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 code units as editors count. */
  column: number;
  /** Only errors make the check fail. */
  severity: 'error' | 'warning';
  message: string;
}

/** `file:line:column: severity: message`, the form that editors make clickable. */
export function findingText({ file, line, column, severity, message }: Finding): string {
  return `${file}:${line}:${column}: ${severity}: ${message}`;
}
