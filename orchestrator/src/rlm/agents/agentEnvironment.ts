/**
 * The environment of an agent: that of this process, told that nobody is there to answer questions (RLM contract,
 * section 6). What is set already stays as it is.
 */
export function agentEnvironment(
  processEnv: NodeJS.ProcessEnv,
  options: { subagents: boolean },
): NodeJS.ProcessEnv {
  return {
    CODEX_NON_INTERACTIVE: '1',
    CODEX_NO_INTERACTIVE: '1',
    CODEX_INTERACTIVE: '0',
    ...(options.subagents && { CODEX_SUBAGENTS: '1' }),
    ...processEnv,
  };
}
