import type { ProblemCase } from './problemCase.ts';

/** Wrong settings of RLM loops, and what is said about them. */
export const loopCases: ProblemCase[] = [
  {
    name: 'settings of loops that are no object',
    input: '{ "pipelines": [], "rlm": "codex" }',
    expected: [
      'codex.orchestrator.json:1:27  error  found "codex", expected an object',
      '    { "pipelines": [], "rlm": "codex" }',
      '                              ~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'words of loops that are nearly right',
    input: `{ "pipelines": [], "rlm": {
  "agent": "cluade",
  "roles": "Triad",
  "maxIterations": "forever"
} }`,
    expected: [
      'codex.orchestrator.json:2:12  error  found "cluade", expected "codex", "claude" or "command" (did you mean "claude"?)',
      '      "agent": "cluade",',
      '               ~~~~~~~~',
      '',
      'codex.orchestrator.json:3:12  error  found "Triad", expected "single" or "triad" (did you mean "triad"?)',
      '      "roles": "Triad",',
      '               ~~~~~~~',
      '',
      'codex.orchestrator.json:4:20  error  found "forever", expected a whole number or "unlimited"',
      '      "maxIterations": "forever"',
      '                       ~~~~~~~~~',
      '',
      '3 errors',
    ],
  },
  {
    name: 'numbers and lists of loops that are wrong',
    input: `{ "pipelines": [], "rlm": {
  "maxIterations": 0.5,
  "maxMinutes": -1,
  "maxTokens": 1.5,
  "agentRetries": 101,
  "agentArgs": "-v",
  "protect": [""],
  "roles": 3
} }`,
    expected: [
      'codex.orchestrator.json:2:20  error  found 0.5, expected a whole number or "unlimited"',
      '      "maxIterations": 0.5,',
      '                       ~~~',
      '',
      'codex.orchestrator.json:3:17  error  found -1, expected a number of at least 0',
      '      "maxMinutes": -1,',
      '                    ~~',
      '',
      'codex.orchestrator.json:4:16  error  found 1.5, expected a whole number',
      '      "maxTokens": 1.5,',
      '                   ~~~',
      '',
      'codex.orchestrator.json:5:19  error  found 101, expected a number of at most 100',
      '      "agentRetries": 101,',
      '                      ~~~',
      '',
      'codex.orchestrator.json:6:16  error  found "-v", expected an array',
      '      "agentArgs": "-v",',
      '                   ~~~~',
      '',
      'codex.orchestrator.json:7:15  error  found "", expected a non-empty string',
      '      "protect": [""],',
      '                  ~~',
      '',
      'codex.orchestrator.json:8:12  error  found 3, expected "single" or "triad"',
      '      "roles": 3',
      '               ^',
      '',
      '7 errors',
    ],
  },
  {
    name: 'a number of iterations below zero',
    input: '{ "pipelines": [], "rlm": { "maxIterations": -1 } }',
    expected: [
      'codex.orchestrator.json:1:46  error  found -1, expected a number of at least 0',
      '    { "pipelines": [], "rlm": { "maxIterations": -1 } }',
      '                                                 ~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'unknown settings of loops',
    input: `{ "pipelines": [], "rlm": {
  "maxIteration": 5,
  "speed": 5
} }`,
    expected: [
      'codex.orchestrator.json:2:3  warning  found the unknown key "maxIteration", which is ignored (did you mean "maxIterations"?)',
      '      "maxIteration": 5,',
      '      ~~~~~~~~~~~~~~',
      '',
      'codex.orchestrator.json:3:3  warning  found the unknown key "speed", which is ignored, expected "agent", "agentCommand", "agentArgs", "agentRetries", "agentRetrySeconds", "validator", "maxIterations", "maxMinutes", "iterationMinutes", "maxTokens", "roles" or "protect"',
      '      "speed": 5',
      '      ~~~~~~~',
      '',
      '2 warnings',
    ],
  },
  {
    name: 'a sub-pipeline that is nearly the shipped one',
    input:
      '{ "pipelines": [{ "id": "a", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "rml" }] }] }',
    expected: [
      'codex.orchestrator.json:1:89  error  found the unknown pipeline "rml", expected "a" (did you mean "rlm"?)',
      '    { "pipelines": [{ "id": "a", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "rml" }] }] }',
      '                                                                                            ~~~~~',
      '',
      '1 error',
    ],
  },
];
