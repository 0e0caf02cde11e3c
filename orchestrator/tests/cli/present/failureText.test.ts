import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exitCodes.ts';
import { failureText, type FailureHints } from '../../../src/cli/present/failureText.ts';
import type { Failure } from '../../../src/failure.ts';

const RUN = '2026-11-22T12-46-41-046Z-423084bd';

const CASES: [name: string, failure: Failure, code: number, text: string, hints?: FailureHints][] = [
  [
    'usage of a command',
    { kind: 'usage', message: 'Unknown flag "--formt" for start', suggestion: '--format' },
    64,
    'Unknown flag "--formt" for start. Did you mean "--format"?\nRun `codex-orchestrator start --help` for what is possible.',
    { command: 'start' },
  ],
  [
    'usage of the program',
    { kind: 'usage', message: 'Unknown command "x\u0007"' },
    64,
    'Unknown command "x\\x07".\nRun `codex-orchestrator --help` for what is possible.',
  ],
  [
    'an invalid task id',
    { kind: 'invalid-id', subject: 'task ID', value: '../x', rule: 'must not start with a dot' },
    64,
    'Invalid task ID "../x": it must not start with a dot.',
  ],
  [
    'an empty run id',
    { kind: 'invalid-id', subject: 'run ID', value: '', rule: 'must not be empty' },
    64,
    'Invalid run ID: it must not be empty.',
  ],
  [
    'a task id of the environment',
    {
      kind: 'invalid-id',
      subject: 'task ID',
      value: 'a:b',
      rule: 'must not contain ":"',
      source: 'MCP_RUNNER_TASK_ID',
    },
    64,
    'Invalid MCP_RUNNER_TASK_ID "a:b": it must not contain ":".',
  ],
  [
    'an invalid configuration',
    {
      kind: 'invalid-config',
      file: 'codex.orchestrator.json',
      problems: [
        {
          severity: 'error',
          file: 'codex.orchestrator.json',
          line: 3,
          column: 7,
          path: 'pipelines[0].id',
          found: 'found 5',
          expected: 'expected a string',
        },
      ],
    },
    78,
    'codex.orchestrator.json is invalid.\ncodex.orchestrator.json:3:7  error  found 5, expected a string\n\n1 error',
  ],
  [
    'nothing detected',
    {
      kind: 'nothing-detected',
      repoRoot: '/repo',
      looked: ['package.json (not there)', 'go.mod (not there)'],
    },
    66,
    [
      'Found nothing to run in /repo.',
      'There is no codex.orchestrator.json, and detection found none of:',
      '  package.json (not there)',
      '  go.mod (not there)',
      'Run `codex-orchestrator init` to write a configuration, then put your commands into it.',
    ].join('\n'),
  ],
  [
    'a pipeline that a file does not have',
    {
      kind: 'pipeline-not-found',
      pipelineId: 'diagnostcs',
      known: ['diagnostics', 'docs'],
      configFile: 'codex.orchestrator.json',
    },
    66,
    'No pipeline "diagnostcs" in codex.orchestrator.json. Did you mean "diagnostics"?\nPipelines: diagnostics, docs',
    { suggestion: 'diagnostics' },
  ],
  [
    'a pipeline without any file',
    { kind: 'pipeline-not-found', pipelineId: 'missing', known: ['diagnostics'], configFile: null },
    66,
    'No pipeline "missing" among those detected here.\nPipelines: diagnostics\n' +
      'There is no codex.orchestrator.json: `codex-orchestrator init` writes one.',
  ],
  [
    'a stage, with more others than are shown',
    {
      kind: 'stage-not-found',
      stageId: 'x',
      pipelineId: 'p',
      known: Array.from({ length: 14 }, (_, index) => `s${index}`),
    },
    66,
    'No stage "x" in pipeline "p".\nStages: s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, and 2 more',
  ],
  [
    'metrics that somebody changes',
    { kind: 'metrics-busy', taskId: '0101', owner: 'process 7 on host, since 2026-11-22T12:46:41.046Z' },
    75,
    'The metrics of task "0101" are being changed by process 7 on host, since 2026-11-22T12:46:41.046Z.\n' +
      'Nothing was changed. Try again when that is over.',
  ],
  [
    'no stages',
    { kind: 'no-stages', pipelineId: 'p' },
    78,
    'Pipeline "p" has no stages, so there is nothing to run.\nAdd a stage to its "stages" in codex.orchestrator.json.',
  ],
  [
    'a run of a task',
    { kind: 'run-not-found', runId: 'abc', taskId: '0101', runsRoot: '/repo/.runs', nearest: [RUN] },
    66,
    `No run "abc" of task "0101" in /repo/.runs.\nNearest: ${RUN}\nRun \`codex-orchestrator runs\` to list them.`,
  ],
  [
    'no run at all',
    { kind: 'run-not-found', runId: null, taskId: null, runsRoot: '/repo/.runs', nearest: [] },
    66,
    'No run of any task in /repo/.runs.\nRun `codex-orchestrator start` to begin one.',
  ],
  [
    'a live run',
    { kind: 'run-is-live', runId: RUN, owner: 'process 5 on host' },
    75,
    `Run ${RUN} is being worked on by process 5 on host.\n` +
      `Follow it with \`codex-orchestrator status --run ${RUN} --watch\`,\n` +
      `or end it with \`codex-orchestrator cancel --run ${RUN}\`.`,
  ],
  [
    'resume of an exec run',
    { kind: 'run-not-resumable', runId: RUN, reason: 'exec', pipelineId: 'exec' },
    77,
    'A run of `exec` cannot be resumed: it has no pipeline.\nRun the command again with `codex-orchestrator exec`.',
  ],
  [
    'resume without its pipeline',
    { kind: 'run-not-resumable', runId: RUN, reason: 'no-pipeline', pipelineId: 'docs' },
    77,
    'Cannot resume: its pipeline "docs" no longer exists.\nPut the pipeline back into codex.orchestrator.json, or start a new run.',
  ],
  [
    'a run that is over',
    { kind: 'run-already-over', runId: RUN, status: 'succeeded' },
    77,
    `Run ${RUN} is over already: it ended succeeded.\nSee it with \`codex-orchestrator status --run ${RUN}\`.`,
  ],
  [
    'a wrong token',
    { kind: 'token-mismatch', runId: RUN },
    77,
    `The resume token is not the one of run ${RUN}. Nothing was changed.\n` +
      'The token is in the `.resume-token` file of the run; without --token none is asked for.',
  ],
  [
    'a file that exists',
    { kind: 'file-exists', path: 'codex.orchestrator.json' },
    77,
    'codex.orchestrator.json exists already. Nothing was changed.\nWith --force it is replaced.',
  ],
  [
    'a number that is no choice',
    { kind: 'no-such-choice', answer: '9\u001b[2J', count: 3 },
    10,
    '"9" is none of the choices: expected a number from 1 to 3, or n for none.\nNothing was started.',
  ],
  [
    'a question without an answer',
    { kind: 'not-chosen', subject: 'validator' },
    130,
    'No validator was chosen. Nothing was started.',
  ],
  [
    'a checkpoint that is not there',
    { kind: 'no-checkpoint', runId: RUN, checkpoint: '3', known: ['1', '2'], reason: null },
    66,
    `Run ${RUN} has no checkpoint "3". Nothing was changed.\nCheckpoints: 1, 2`,
  ],
  [
    'a checkpoint outside git',
    { kind: 'no-checkpoint', runId: RUN, checkpoint: '3', known: [], reason: 'git rev-parse: fatal: no' },
    66,
    `Run ${RUN} has no checkpoint "3". Nothing was changed.\nThere are none without git: git rev-parse: fatal: no`,
  ],
  [
    'a restore that nobody could confirm',
    { kind: 'not-confirmed', runId: RUN, checkpoint: '3', files: 2, wasAsked: false },
    77,
    'Nothing was changed: nobody can be asked whether 2 files may be changed.\n' +
      'With --yes it is done without asking.',
  ],
  [
    'a restore that was declined',
    { kind: 'not-confirmed', runId: RUN, checkpoint: '3', files: 2, wasAsked: true },
    77,
    'Nothing was changed.',
  ],
  [
    'a failure of git',
    { kind: 'git-failed', message: 'git read-tree: fatal: \u001b[2Jno' },
    73,
    'Git failed. git read-tree: fatal: no',
  ],
  [
    'damage',
    { kind: 'damaged-evidence', path: '/repo/.runs/m.json', detail: 'Unexpected end of JSON input' },
    65,
    'Cannot read /repo/.runs/m.json: it is damaged (Unexpected end of JSON input).\n' +
      'Nothing was changed. Move it away, or restore it from a backup.',
  ],
  [
    'a rejected request',
    { kind: 'control-plane-rejected', errors: [{ path: '$.task.id', message: 'must be a string' }] },
    78,
    'The run did not start: its request does not fit its schema.\n  $.task.id: must be a string',
  ],
  [
    'storage',
    { kind: 'storage', operation: 'append to', path: '/repo/.runs/x', code: 'EIO' },
    73,
    'Cannot append to /repo/.runs/x: the disk reported an error (EIO).',
  ],
];

test.each(CASES)('%s', (_name, failure, code, text, hints) => {
  expect(failureText(failure, hints)).toBe(text);
  expect(exitCodeOf(failure)).toBe(code);
});
