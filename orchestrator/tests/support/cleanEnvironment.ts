/**
 * Setup of every test file: the suite must see the same environment on a developer's machine, in CI and inside a
 * stage of a run of this very tool, where the variables of the surrounding run are inherited.
 */

const REMOVED_PREFIXES = [
  'CODEX_ORCHESTRATOR_',
  'RLM_',
  'CODEX_METRICS_',
  'CODEX_PRIVACY_',
  'CODEX_CONTROL_PLANE_',
];
const REMOVED_NAMES = new Set(['MCP_RUNNER_TASK_ID', 'CI', 'NO_COLOR', 'FORCE_COLOR']);

for (const name of Object.keys(process.env)) {
  if (REMOVED_NAMES.has(name) || REMOVED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    delete process.env[name];
  }
}

// Node parses this certificate bundle at every start where it is set, which doubles the start-up time.
process.env['NODE_EXTRA_CA_CERTS'] = '';
