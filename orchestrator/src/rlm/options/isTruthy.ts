/** Whether a variable says yes: `1`, `true`, `yes` or `on` in any case (RLM contract, section 2). */
export function isTruthy(value: string | undefined): boolean {
  return /^\s*(?:1|true|yes|on)\s*$/i.test(value ?? '');
}
