/** Fails with every problem that a validator of evidence found. */
export function assertNoProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`The evidence is not valid:\n  ${problems.join('\n  ')}`);
}
