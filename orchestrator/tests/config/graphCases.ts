import type { ProblemCase } from './problemCase.ts';

/** Graphs that cannot be, and what is said about them. */
export const graphCases: ProblemCase[] = [
  {
    name: 'an unknown need',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "build", "command": "x" },
  { "kind": "command", "id": "test", "command": "x", "needs": ["biuld"] }
] }] }`,
    expected: [
      'codex.orchestrator.json:3:64  error  found the unknown stage "biuld" in pipeline "a", expected "build" or "test" (did you mean "build"?)',
      '      { "kind": "command", "id": "test", "command": "x", "needs": ["biuld"] }',
      '                                                                   ~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'stages that wait for each other',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "one", "command": "x", "needs": ["two"] },
  { "kind": "command", "id": "two", "command": "x", "needs": ["one"] }
] }] }`,
    expected: [
      'codex.orchestrator.json:2:63  error  found stages that wait for each other: "one" -> "two" -> "one", expected needs that come to an end',
      '      { "kind": "command", "id": "one", "command": "x", "needs": ["two"] },',
      '                                                                  ~~~~~',
      '  codex.orchestrator.json:3:63  the cycle is closed here',
      '      { "kind": "command", "id": "two", "command": "x", "needs": ["one"] }',
      '                                                                  ~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a stage of a set that waits for itself',
    input: `{ "pipelines": [{ "id": "a", "stages": [{ "kind": "stage-set", "ref": "s" }] }],
"stageSets": { "s": [{ "kind": "command", "id": "one", "command": "x", "needs": ["one"] }] } }`,
    expected: [
      'codex.orchestrator.json:2:82  error  found stages that wait for each other: "one" -> "one", expected needs that come to an end',
      '    "stageSets": { "s": [{ "kind": "command", "id": "one", "command": "x", "needs": ["one"] }] } }',
      '                                                                                     ~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'no room for any stage',
    input: '{ "concurrency": 0, "pipelines": [] }',
    expected: [
      'codex.orchestrator.json:1:18  error  found 0, expected a number of at least 1',
      '    { "concurrency": 0, "pipelines": [] }',
      '                     ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'globs of a cache that leave the repository',
    input: `{ "pipelines": [{ "id": "a", "stages": [{ "kind": "command", "id": "b", "command": "x",
  "cache": { "inputs": ["src/**", "!/etc/**"], "outputs": ["../dist/**"] } }] }] }`,
    expected: [
      'codex.orchestrator.json:2:35  error  found the glob "!/etc/**", which leaves the repository, expected a glob below the root of the repository, such as "src/**"',
      '      "cache": { "inputs": ["src/**", "!/etc/**"], "outputs": ["../dist/**"] } }] }] }',
      '                                      ~~~~~~~~~~',
      '',
      'codex.orchestrator.json:2:60  error  found the glob "../dist/**", which leaves the repository, expected a glob below the root of the repository, such as "src/**"',
      '      "cache": { "inputs": ["src/**", "!/etc/**"], "outputs": ["../dist/**"] } }] }] }',
      '                                                               ~~~~~~~~~~~~',
      '',
      '2 errors',
    ],
  },
  {
    name: 'stages side by side with the same outputs',
    input: `{ "pipelines": [{ "id": "a", "stages": [
  { "kind": "command", "id": "js", "command": "x", "cache": { "inputs": ["a"], "outputs": ["./dist/**"] } },
  { "kind": "command", "id": "css", "command": "x", "cache": { "inputs": ["a"], "outputs": ["dist/*.css"] }, "needs": ["go"] },
  { "kind": "command", "id": "map", "command": "x", "cache": { "inputs": ["a"], "outputs": ["dist"] }, "needs": ["pack"] },
  { "kind": "command", "id": "pack", "command": "x", "cache": { "inputs": ["a"], "outputs": ["!dist/js", "dist"] }, "needs": ["css", "js"] },
  { "kind": "command", "id": "other", "command": "x", "cache": { "inputs": ["a"], "outputs": ["dist-2/**", "distant", "!dist"] } },
  { "kind": "command", "id": "go", "command": "x" }
] }] }`,
    expected: [
      'codex.orchestrator.json:3:93  error  found outputs of stage "css" that are among those of "js", beside which it may run, expected outputs of its own, or that one of the two needs the other',
      '    …nd": "command", "id": "css", "command": "x", "cache": { "inputs": ["a"], "outputs": ["dist/*.css"] }, "needs": ["go"] },',
      '                                                                                          ~~~~~~~~~~~~',
      '  codex.orchestrator.json:2:92  the outputs of "js" are here',
      '      { "kind": "command", "id": "js", "command": "x", "cache": { "inputs": ["a"], "outputs": ["./dist/**"] } },',
      '                                                                                               ~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a pipeline with outputs that runs beside itself',
    input: `{ "pipelines": [
{ "id": "a", "stages": [
  { "kind": "subpipeline", "id": "one", "pipeline": "b" },
  { "kind": "subpipeline", "id": "two", "pipeline": "b", "needs": [] }] },
{ "id": "b", "stages": [
  { "kind": "command", "id": "x", "command": "x", "cache": { "inputs": ["a"], "outputs": ["dist/*"] }, "needs": [] },
  { "kind": "command", "id": "y", "command": "y", "cache": { "inputs": ["a"], "outputs": ["dist/y/"] } }] }] }`,
    expected: [
      'codex.orchestrator.json:4:53  error  found outputs of stage "two" that are among those of "one", beside which it may run, expected outputs of its own, or that one of the two needs the other',
      '      { "kind": "subpipeline", "id": "two", "pipeline": "b", "needs": [] }] },',
      '                                                        ~~~',
      '  codex.orchestrator.json:3:53  the outputs of "one" are here',
      '      { "kind": "subpipeline", "id": "one", "pipeline": "b" },',
      '                                                        ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a cache that depends on nothing, on a variable that cannot be, and on a misspelt key',
    input: `{ "pipelines": [{ "id": "a", "stages": [{ "kind": "command", "id": "b", "command": "x",
  "cache": { "inputs": ["!docs", "!*.md"], "outputs": ["!dist"], "env": ["CI", "A=B"], "input": [] } }] }] }`,
    expected: [
      'codex.orchestrator.json:2:24  error  found only exceptions, expected a glob that they are exceptions of, too, such as "**"',
      '      "cache": { "inputs": ["!docs", "!*.md"], "outputs": ["!dist"], "env": ["CI", "A=B"], "input": [] } }] }] }',
      '                           ^',
      '',
      'codex.orchestrator.json:2:55  error  found only exceptions, expected a glob that they are exceptions of, too, such as "**"',
      '      "cache": { "inputs": ["!docs", "!*.md"], "outputs": ["!dist"], "env": ["CI", "A=B"], "input": [] } }] }] }',
      '                                                          ^',
      '',
      'codex.orchestrator.json:2:80  error  found "A=B", expected the name of a variable',
      '      "cache": { "inputs": ["!docs", "!*.md"], "outputs": ["!dist"], "env": ["CI", "A=B"], "input": [] } }] }] }',
      '                                                                                   ~~~~~',
      '',
      'codex.orchestrator.json:2:88  warning  found the unknown key "input", which is ignored',
      '      "cache": { "inputs": ["!docs", "!*.md"], "outputs": ["!dist"], "env": ["CI", "A=B"], "input": [] } }] }] }',
      '                                                                                           ~~~~~~~',
      '',
      '3 errors, 1 warning',
    ],
  },
  {
    name: 'a cache without inputs',
    input: `{ "pipelines": [{ "id": "a", "stages": [{ "kind": "command", "id": "b",
  "command": "x", "cache": { "inputs": [] } }] }] }`,
    expected: [
      'codex.orchestrator.json:2:40  error  found an array, expected a list that is not empty',
      '      "command": "x", "cache": { "inputs": [] } }] }] }',
      '                                           ^',
      '',
      '1 error',
    ],
  },
];
