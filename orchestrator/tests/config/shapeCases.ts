import type { ProblemCase } from './problemCase.ts';

/** Documents of a wrong shape, and what is said about them. */
export const shapeCases: ProblemCase[] = [
  {
    name: 'a number',
    input: '5',
    expected: [
      'codex.orchestrator.json:1:1  error  found 5, expected an object',
      '    5',
      '    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'an array',
    input: '[]',
    expected: [
      'codex.orchestrator.json:1:1  error  found an array, expected an object',
      '    []',
      '    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'an empty object',
    input: '{}',
    expected: [
      'codex.orchestrator.json:1:1  error  found no "pipelines", expected an array',
      '    {}',
      '    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'pipelines that are no array',
    input: '{ "pipelines": {} }',
    expected: [
      'codex.orchestrator.json:1:16  error  found an object, expected an array',
      '    { "pipelines": {} }',
      '                   ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a pipeline without an id',
    input: '{ "pipelines": [{ "stages": [] }] }',
    expected: [
      'codex.orchestrator.json:1:17  error  found no "id", expected a string',
      '    { "pipelines": [{ "stages": [] }] }',
      '                    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'an empty id',
    input: '{ "pipelines": [{ "id": "" }] }',
    expected: [
      'codex.orchestrator.json:1:25  error  found "", expected a non-empty string',
      '    { "pipelines": [{ "id": "" }] }',
      '                            ~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'stage sets that are an array',
    input: '{ "pipelines": [], "stageSets": [] }',
    expected: [
      'codex.orchestrator.json:1:33  error  found an array, expected an object',
      '    { "pipelines": [], "stageSets": [] }',
      '                                    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage set that is no array',
    input: '{ "pipelines": [], "stageSets": { "checks": "lint" } }',
    expected: [
      'codex.orchestrator.json:1:45  error  found "lint", expected an array',
      '    { "pipelines": [], "stageSets": { "checks": "lint" } }',
      '                                                ~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage that is no object',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  "npm test"
] }] }`,
    expected: [
      'codex.orchestrator.json:2:3  error  found "npm test", expected an object',
      '      "npm test"',
      '      ~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage without a kind',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "id": "x", "command": "npm test" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:3  error  found no "kind", expected "command", "subpipeline" or "stage-set" (did you mean "command"?)',
      '      { "id": "x", "command": "npm test" }',
      '      ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage without a kind and without a hint',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "id": "x" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:3  error  found no "kind", expected "command", "subpipeline" or "stage-set"',
      '      { "id": "x" }',
      '      ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unknown kind',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "comand", "id": "x", "command": "npm test" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:13  error  found "comand", expected "command", "subpipeline" or "stage-set" (did you mean "command"?)',
      '      { "kind": "comand", "id": "x", "command": "npm test" }',
      '                ~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a kind far from all',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "parallel", "id": "x" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:13  error  found "parallel", expected "command", "subpipeline" or "stage-set"',
      '      { "kind": "parallel", "id": "x" }',
      '                ~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a command stage without a command',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:3  error  found no "command", expected a string',
      '      { "kind": "command", "id": "x" }',
      '      ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'wrong types in a stage',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": 1, "command": ["ls"], "allowFailure": "yes" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:30  error  found 1, expected a string',
      '      { "kind": "command", "id": 1, "command": ["ls"], "allowFailure": "yes" }',
      '                                 ^',
      '',
      'codex.orchestrator.json:2:44  error  found an array, expected a string',
      '      { "kind": "command", "id": 1, "command": ["ls"], "allowFailure": "yes" }',
      '                                               ^',
      '',
      'codex.orchestrator.json:2:68  error  found "yes", expected true or false',
      '      { "kind": "command", "id": 1, "command": ["ls"], "allowFailure": "yes" }',
      '                                                                       ~~~~~',
      '',
      '3 errors',
    ],
  },
  {
    name: 'numbers out of range',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls", "retries": 11, "timeoutSeconds": 0 }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:63  error  found 11, expected a number of at most 10',
      '      { "kind": "command", "id": "x", "command": "ls", "retries": 11, "timeoutSeconds": 0 }',
      '                                                                  ~~',
      '',
      'codex.orchestrator.json:2:85  error  found 0, expected a number greater than 0',
      '      { "kind": "command", "id": "x", "command": "ls", "retries": 11, "timeoutSeconds": 0 }',
      '                                                                                        ^',
      '',
      '2 errors',
    ],
  },
  {
    name: 'a fraction of a retry',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls", "retries": 1.5 }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:63  error  found 1.5, expected a whole number',
      '      { "kind": "command", "id": "x", "command": "ls", "retries": 1.5 }',
      '                                                                  ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a timeout no timer can wait for',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls", "timeoutSeconds": 3e6 }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:70  error  found 3000000, expected a number of at most 2147483',
      '      { "kind": "command", "id": "x", "command": "ls", "timeoutSeconds": 3e6 }',
      '                                                                         ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an environment variable that is null',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls", "env": { "A": null } }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:66  error  found null, expected a string, a number, true or false',
      '      { "kind": "command", "id": "x", "command": "ls", "env": { "A": null } }',
      '                                                                     ~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unknown key with a near word',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "titel": "X", "command": "ls" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:35  warning  found the unknown key "titel", which is ignored (did you mean "title"?)',
      '      { "kind": "command", "id": "x", "titel": "X", "command": "ls" }',
      '                                      ~~~~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'an unknown key in the document',
    input: '{ "pipelines": [], "defaultPipline": "a" }',
    expected: [
      'codex.orchestrator.json:1:20  warning  found the unknown key "defaultPipline", which is ignored (did you mean "defaultPipeline"?)',
      '    { "pipelines": [], "defaultPipline": "a" }',
      '                       ~~~~~~~~~~~~~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'an unknown key without a near word',
    input: '{ "pipelines": [], "parallelity": 4 }',
    expected: [
      'codex.orchestrator.json:1:20  warning  found the unknown key "parallelity", which is ignored, expected "$schema", "defaultPipeline", "concurrency", "stageSets" or "rlm"',
      '    { "pipelines": [], "parallelity": 4 }',
      '                       ~~~~~~~~~~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'an unknown key in a plan',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls", "plan": { "runable": true } }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:62  warning  found the unknown key "runable", which is ignored (did you mean "runnable"?)',
      '      { "kind": "command", "id": "x", "command": "ls", "plan": { "runable": true } }',
      '                                                                 ~~~~~~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'a stage-set reference with an id',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "stage-set", "id": "x", "ref": "k" }
] }] , "stageSets": { "k": [] } }`,
    expected: [
      'codex.orchestrator.json:2:26  warning  found the unknown key "id", which is ignored',
      '      { "kind": "stage-set", "id": "x", "ref": "k" }',
      '                             ~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'settings of parts that are not carried over',
    input: '{ "pipelines": [{ "id": "a", "tfgrpo": {} }], "learning": {}, "designToolkit": 1 }',
    expected: [
      'codex.orchestrator.json:1:30  warning  found settings of parts that this tool does not have, which are ignored: "tfgrpo", "learning", "designToolkit"',
      '    { "pipelines": [{ "id": "a", "tfgrpo": {} }], "learning": {}, "designToolkit": 1 }',
      '                                 ~~~~~~~~',
      '',
      '1 warning',
    ],
  },
];
