import type { ProblemCase } from './problemCase.ts';

/** Documents whose parts do not fit together, and what is said about them. */
export const referenceCases: ProblemCase[] = [
  {
    name: 'an unknown stage set',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "stage-set", "ref": "cheks" }
] }] , "stageSets": { "checks": [] } }`,
    expected: [
      'codex.orchestrator.json:2:33  error  found the unknown stage set "cheks" in pipeline "a", expected "checks" (did you mean "checks"?)',
      '      { "kind": "stage-set", "ref": "cheks" }',
      '                                    ~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage set where there are none',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "stage-set", "ref": "checks" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:33  error  found the unknown stage set "checks" in pipeline "a", expected one of "stageSets", which has none',
      '      { "kind": "stage-set", "ref": "checks" }',
      '                                    ~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage set inside a stage set',
    input: `{ "pipelines": [], "stageSets": {
  "checks": [{ "kind": "stage-set", "ref": "checks" }]
} }`,
    expected: [
      'codex.orchestrator.json:2:24  error  found a stage set inside a stage set, expected "command" or "subpipeline"',
      '      "checks": [{ "kind": "stage-set", "ref": "checks" }]',
      '                           ~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unknown sub-pipeline',
    input: `{ "pipelines": [{ "id": "main", "stages": [
  { "kind": "subpipeline", "id": "x", "pipeline": "biuld" }
] }, { "id": "build" }] }`,
    expected: [
      'codex.orchestrator.json:2:51  error  found the unknown pipeline "biuld", expected "main" or "build" (did you mean "build"?)',
      '      { "kind": "subpipeline", "id": "x", "pipeline": "biuld" }',
      '                                                      ~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unknown optional sub-pipeline',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "subpipeline", "id": "x", "pipeline": "docs", "optional": true }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:51  warning  found the unknown pipeline "docs", expected "a"',
      '      { "kind": "subpipeline", "id": "x", "pipeline": "docs", "optional": true }',
      '                                                      ~~~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'an unknown sub-pipeline in a stage set',
    input: `{ "pipelines": [], "stageSets": {
  "checks": [{ "kind": "subpipeline", "id": "x", "pipeline": "docs" }]
} }`,
    expected: [
      'codex.orchestrator.json:2:62  error  found the unknown pipeline "docs", expected one of "pipelines", which has none',
      '      "checks": [{ "kind": "subpipeline", "id": "x", "pipeline": "docs" }]',
      '                                                                 ~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unknown default pipeline',
    input: '{ "defaultPipeline": "diagnostic", "pipelines": [{ "id": "diagnostics" }] }',
    expected: [
      'codex.orchestrator.json:1:22  error  found the unknown default pipeline "diagnostic", expected "diagnostics" (did you mean "diagnostics"?)',
      '    { "defaultPipeline": "diagnostic", "pipelines": [{ "id": "diagnostics" }] }',
      '                         ~~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a pipeline that runs itself',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "subpipeline", "id": "x", "pipeline": "a" }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:51  error  found the sub-pipeline cycle "a" -> "a", expected sub-pipelines that come to an end',
      '      { "kind": "subpipeline", "id": "x", "pipeline": "a" }',
      '                                                      ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'two pipelines that run each other',
    input: `{ "pipelines": [
  { "id": "a", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "b" }] },
  { "id": "b", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "a" }] }
] }`,
    expected: [
      'codex.orchestrator.json:2:75  error  found the sub-pipeline cycle "a" -> "b" -> "a", expected sub-pipelines that come to an end',
      '      { "id": "a", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "b" }] },',
      '                                                                              ~~~',
      '  codex.orchestrator.json:3:75  the cycle is closed here',
      '      { "id": "b", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "a" }] }',
      '                                                                              ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a cycle through a stage set',
    input: `{ "pipelines": [
  { "id": "a", "stages": [{ "kind": "stage-set", "ref": "k" }] },
  { "id": "b", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "c" }] },
  { "id": "c", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "a" }] }
],
"stageSets": { "k": [{ "kind": "subpipeline", "id": "x", "pipeline": "b" }] } }`,
    expected: [
      'codex.orchestrator.json:6:70  error  found the sub-pipeline cycle "a" -> "b" -> "c" -> "a", expected sub-pipelines that come to an end',
      '    "stageSets": { "k": [{ "kind": "subpipeline", "id": "x", "pipeline": "b" }] } }',
      '                                                                         ~~~',
      '  codex.orchestrator.json:4:75  the cycle is closed here',
      '      { "id": "c", "stages": [{ "kind": "subpipeline", "id": "x", "pipeline": "a" }] }',
      '                                                                              ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'two pipelines with one id',
    input: `{ "pipelines": [
  { "id": "a" },
  { "id": "a" }
] }`,
    expected: [
      'codex.orchestrator.json:3:11  warning  found a second pipeline "a", which is ignored',
      '      { "id": "a" }',
      '              ~~~',
      '  codex.orchestrator.json:2:11  the first one is here',
      '      { "id": "a" },',
      '              ~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'two stages with one id',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls" },
  { "kind": "command", "id": "x", "command": "ls" }
] }] }`,
    expected: [
      'codex.orchestrator.json:3:30  warning  found a second stage "x" in pipeline "a", expected unique ids, because resume finds stages by them',
      '      { "kind": "command", "id": "x", "command": "ls" }',
      '                                 ~~~',
      '  codex.orchestrator.json:2:30  the first one is here',
      '      { "kind": "command", "id": "x", "command": "ls" },',
      '                                 ~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'a stage id repeated by a stage set',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "x", "command": "ls" },
  { "kind": "stage-set", "ref": "k" }
] }] ,
"stageSets": { "k": [{ "kind": "command", "id": "x", "command": "ls" }] } }`,
    expected: [
      'codex.orchestrator.json:3:33  warning  found a second stage "x" in pipeline "a", expected unique ids, because resume finds stages by them',
      '      { "kind": "stage-set", "ref": "k" }',
      '                                    ~~~',
      '  codex.orchestrator.json:2:30  the first one is here',
      '      { "kind": "command", "id": "x", "command": "ls" },',
      '                                 ~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'a key twice',
    input: `{
  "pipelines": [{ "id": "a" }],
  "pipelines": []
}`,
    expected: [
      'codex.orchestrator.json:3:3  warning  found the key "pipelines" a second time, which replaces the first',
      '      "pipelines": []',
      '      ~~~~~~~~~~~',
      '  codex.orchestrator.json:2:3  the first one is here',
      '      "pipelines": [{ "id": "a" }],',
      '      ~~~~~~~~~~~',
      '',
      '1 warning',
    ],
  },
  {
    name: 'everything at once, by place',
    input: `{ "defaultPipeline": "nope", "pipelines": [
  { "id": "a", "stages": [{ "kind": "stage-set", "ref": "k" }, { "kind": "wat" }], "tag": [] }
] }`,
    expected: [
      'codex.orchestrator.json:1:22  error  found the unknown default pipeline "nope", expected "a"',
      '    { "defaultPipeline": "nope", "pipelines": [',
      '                         ~~~~~~',
      '',
      'codex.orchestrator.json:2:57  error  found the unknown stage set "k" in pipeline "a", expected one of "stageSets", which has none',
      '      { "id": "a", "stages": [{ "kind": "stage-set", "ref": "k" }, { "kind": "wat" }], "tag": [] }',
      '                                                            ~~~',
      '',
      'codex.orchestrator.json:2:74  error  found "wat", expected "command", "subpipeline" or "stage-set"',
      '      { "id": "a", "stages": [{ "kind": "stage-set", "ref": "k" }, { "kind": "wat" }], "tag": [] }',
      '                                                                             ~~~~~',
      '',
      'codex.orchestrator.json:2:84  warning  found the unknown key "tag", which is ignored (did you mean "tags"?)',
      '      { "id": "a", "stages": [{ "kind": "stage-set", "ref": "k" }, { "kind": "wat" }], "tag": [] }',
      '                                                                                       ~~~~~',
      '',
      '3 errors, 1 warning',
    ],
  },
];
