import type { ProblemCase } from './problemCase.ts';

/** Texts that are not JSON, and what is said about them. */
export const syntaxCases: ProblemCase[] = [
  {
    name: 'an empty file',
    input: '',
    expected: [
      'codex.orchestrator.json:1:1  error  found an empty file, expected a JSON object',
      '',
      '1 error',
    ],
  },
  {
    name: 'white space only',
    input: ` 
\t
`,
    expected: [
      'codex.orchestrator.json:1:1  error  found only white space, expected a JSON object',
      '',
      '1 error',
    ],
  },
  {
    name: 'a trailing comma in an object',
    input: `{
  "pipelines": [],
}
`,
    expected: [
      'codex.orchestrator.json:2:18  error  found a comma before the end of the object, expected no trailing comma',
      '      "pipelines": [],',
      '                     ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a trailing comma in an array',
    input: '{ "pipelines": [1,] }',
    expected: [
      'codex.orchestrator.json:1:18  error  found a comma before the end of the array, expected no trailing comma',
      '    { "pipelines": [1,] }',
      '                     ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a missing value',
    input: '{ "pipelines": }',
    expected: [
      'codex.orchestrator.json:1:16  error  found "}", expected a value',
      '    { "pipelines": }',
      '                   ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a comma too many',
    input: '{ "pipelines": [1,,2] }',
    expected: [
      'codex.orchestrator.json:1:19  error  found ",", expected a value',
      '    { "pipelines": [1,,2] }',
      '                      ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a missing comma',
    input: `{
  "defaultPipeline": "a"
  "pipelines": []
}`,
    expected: [
      'codex.orchestrator.json:3:3  error  found "pipelines", expected a comma or "}"',
      '      "pipelines": []',
      '      ~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a missing comma in an array',
    input: '[1 2]',
    expected: [
      'codex.orchestrator.json:1:4  error  found "2", expected a comma or "]"',
      '    [1 2]',
      '       ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a missing colon',
    input: '{ "pipelines" [] }',
    expected: [
      'codex.orchestrator.json:1:15  error  found "[", expected a colon after the property name',
      '    { "pipelines" [] }',
      '                  ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a name without quotes',
    input: '{ pipelines: [] }',
    expected: [
      'codex.orchestrator.json:1:3  error  found "pipelines", expected a property name in double quotes',
      '    { pipelines: [] }',
      '      ~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'single quotes',
    input: `{ 'pipelines': [] }`,
    expected: [
      'codex.orchestrator.json:1:3  error  found a single quote, expected double quotes',
      `    { 'pipelines': [] }`,
      '      ~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'typographic quotes',
    input: '{ “pipelines”: [] }',
    expected: [
      'codex.orchestrator.json:1:3  error  found "“pipelines”", expected a property name in double quotes',
      '    { “pipelines”: [] }',
      '      ~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an object without an end',
    input: `{
  "pipelines": []

`,
    expected: [
      'codex.orchestrator.json:2:17  error  found the end of the file, expected "}"',
      '      "pipelines": []',
      '                    ^',
      '  codex.orchestrator.json:1:1  the object begins here',
      '    {',
      '    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'an array without an end',
    input: `{ "pipelines": [
`,
    expected: [
      'codex.orchestrator.json:1:16  error  found the end of the file, expected "]"',
      '    { "pipelines": [',
      '                   ^',
      '  codex.orchestrator.json:1:16  the array begins here',
      '    { "pipelines": [',
      '                   ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a bracket of the wrong kind',
    input: '{ "pipelines": [1} ',
    expected: [
      'codex.orchestrator.json:1:18  error  found "}", expected a comma or "]"',
      '    { "pipelines": [1} ',
      '                     ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a string without an end',
    input: `{
  "defaultPipeline": "a,
  "pipelines": []
}`,
    expected: [
      'codex.orchestrator.json:2:22  error  found a string without an end, expected a closing double quote',
      '      "defaultPipeline": "a,',
      '                         ~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a bracket too many',
    input: '{ "pipelines": [] }}',
    expected: [
      'codex.orchestrator.json:1:20  error  found "}" behind the end of the document, expected the end of the file',
      '    { "pipelines": [] }}',
      '                       ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'text behind the end',
    input: '{ "pipelines": [] } done',
    expected: [
      'codex.orchestrator.json:1:21  error  found "done" behind the end of the document, expected the end of the file',
      '    { "pipelines": [] } done',
      '                        ~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a leading zero',
    input: '{ "retries": 01 }',
    expected: [
      'codex.orchestrator.json:1:14  error  found a number with a leading zero',
      '    { "retries": 01 }',
      '                 ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unfinished number',
    input: '{ "retries": 1. }',
    expected: [
      'codex.orchestrator.json:1:14  error  found the unfinished number 1., expected a digit',
      '    { "retries": 1. }',
      '                 ~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a misspelt constant',
    input: '{ "allowFailure": ture }',
    expected: [
      'codex.orchestrator.json:1:19  error  found "ture", expected a value (did you mean "true"?)',
      '    { "allowFailure": ture }',
      '                      ~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a word that JSON does not have',
    input: '{ "retries": undefined }',
    expected: [
      'codex.orchestrator.json:1:14  error  found "undefined", expected a value',
      '    { "retries": undefined }',
      '                 ~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a line comment',
    input: `// pipelines
{ "pipelines": [] }`,
    expected: [
      'codex.orchestrator.json:1:1  error  found a comment, expected plain JSON, which has none',
      '    // pipelines',
      '    ~~~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a block comment',
    input: '{ "pipelines": [ /* none */ ] }',
    expected: [
      'codex.orchestrator.json:1:18  error  found a comment, expected plain JSON, which has none',
      '    { "pipelines": [ /* none */ ] }',
      '                     ~~~~~~~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'an unknown escape',
    input: '{ "cwd": "C:\\work" }',
    expected: [
      'codex.orchestrator.json:1:13  error  found the unknown escape \\w in a string, expected \\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u and four hex digits',
      '    { "cwd": "C:\\work" }',
      '                ~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a short unicode escape',
    input: '{ "cwd": "\\u12" }',
    expected: [
      'codex.orchestrator.json:1:11  error  found the unknown escape \\u12 in a string, expected \\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t or \\u and four hex digits',
      '    { "cwd": "\\u12" }',
      '              ~~~~',
      '',
      '1 error',
    ],
  },
  {
    name: 'a raw tab in a string',
    input: '{ "cwd": "a\tb" }',
    expected: [
      'codex.orchestrator.json:1:12  error  found the control character U+0009 in a string, expected it written as \\t',
      '    { "cwd": "a\tb" }',
      '               ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'a space that is no JSON white space',
    input: '\u00a0{ "pipelines": [] }',
    expected: [
      'codex.orchestrator.json:1:1  error  found "\\u00a0", expected a value',
      '    \u00a0{ "pipelines": [] }',
      '    ^',
      '',
      '1 error',
    ],
  },
  {
    name: 'merge conflict markers',
    input: `{
<<<<<<< ours
  "pipelines": []
=======
  "pipelines": [1]
>>>>>>> theirs
}`,
    expected: [
      'codex.orchestrator.json:2:1  error  found a merge conflict marker, expected the merge to be finished',
      '    <<<<<<< ours',
      '    ~~~~~~~',
      '',
      'codex.orchestrator.json:4:1  error  found a merge conflict marker, expected the merge to be finished',
      '    =======',
      '    ~~~~~~~',
      '',
      'codex.orchestrator.json:6:1  error  found a merge conflict marker, expected the merge to be finished',
      '    >>>>>>> theirs',
      '    ~~~~~~~',
      '',
      '3 errors',
    ],
  },
  {
    name: 'errors on several lines',
    input: `{
  pipelines: [],
  "stageSets": {,}
}`,
    expected: [
      'codex.orchestrator.json:2:3  error  found "pipelines", expected a property name in double quotes',
      '      pipelines: [],',
      '      ~~~~~~~~~',
      '',
      'codex.orchestrator.json:3:17  error  found ",", expected a value',
      '      "stageSets": {,}',
      '                    ^',
      '',
      '2 errors',
    ],
  },
  {
    name: 'deep nesting',
    input: '['.repeat(300),
    expected: [
      'codex.orchestrator.json:1:201  error  found more than 200 levels of nesting, expected a flatter document',
      '    …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…',
      '                                                                 ^',
      '',
      '1 error',
    ],
  },
];
