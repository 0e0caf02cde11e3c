export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * The script that makes a shell ask `codex-orchestrator __complete` at every press of the tab key. The program that
 * was typed is the one that is asked, so candidates always fit the version in use.
 */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return BASH;
    case 'zsh':
      return ZSH;
    case 'fish':
      return FISH;
    default:
      return shell satisfies never;
  }
}

const BASH = `# codex-orchestrator completion for bash
_codex_orchestrator() {
  local line value
  COMPREPLY=()
  while IFS= read -r line; do
    printf -v value '%q' "\${line%%$'\\t'*}"
    COMPREPLY+=("$value")
  done < <("\${COMP_WORDS[0]}" __complete bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _codex_orchestrator codex-orchestrator codex-orch
`;

const ZSH = `#compdef codex-orchestrator codex-orch
_codex_orchestrator() {
  local -a candidates
  local line
  while IFS= read -r line; do
    candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <("\${words[1]}" __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe codex-orchestrator candidates
  else
    _files
  fi
}
if [[ "$funcstack[1]" = _codex_orchestrator ]]; then
  _codex_orchestrator "$@"
else
  compdef _codex_orchestrator codex-orchestrator codex-orch
fi
`;

const FISH = `# codex-orchestrator completion for fish
function __codex_orchestrator_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    test (count $typed) -eq 0; and set typed ''
    $words[1] __complete fish $words[2..-1] $typed 2>/dev/null
end
for program in codex-orchestrator codex-orch
    complete -c $program -f -a '(__codex_orchestrator_complete)'
    complete -c $program -n '__fish_seen_subcommand_from exec' -F
end
`;
