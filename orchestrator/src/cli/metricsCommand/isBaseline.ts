/** Whether the text of a baseline can be understood: a JSON object that says of which line of the history it is. Pure. */
export function isBaseline(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const { run_id, recorded_at }: Record<string, unknown> = { ...value };
    return typeof run_id === 'string' && typeof recorded_at === 'string';
  } catch {
    return false;
  }
}
