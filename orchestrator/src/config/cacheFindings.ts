import type { Finding } from './finding.ts';
import { type JsonPath, listIn, tableIn, textIn } from './jsonValue.ts';
import { quote } from './words.ts';

/**
 * Globs of caches that leave the repository (what lies outside is nobody's to read as input, let alone to overwrite), lists
 * that would match nothing whatever there is, and names that no variable can have.
 */
export function cacheFindings(document: unknown): Finding[] {
  const { pipelines, stageSets } = tableIn(document);
  const lists: [JsonPath, unknown][] = [
    ...listIn(pipelines).map((pipeline, at): [JsonPath, unknown] => [
      ['pipelines', at, 'stages'],
      tableIn(pipeline)['stages'],
    ]),
    ...Object.entries(tableIn(stageSets)).map(([name, stages]): [JsonPath, unknown] => [
      ['stageSets', name],
      stages,
    ]),
  ];
  return lists.flatMap(([path, stages]) =>
    listIn(stages).flatMap((stage, at) => {
      const cache = tableIn(tableIn(stage)['cache']);
      const here = [...path, at, 'cache'];
      return [
        ...['inputs', 'outputs'].flatMap((key) => [
          ...listIn(cache[key]).flatMap((glob, place) => escape(textIn(glob), [...here, key, place])),
          ...onlyExceptions(listIn(cache[key]), [...here, key]),
        ]),
        ...listIn(cache['env']).flatMap((name, place) => noName(textIn(name), [...here, 'env', place])),
      ];
    }),
  );
}

function escape(glob: string | undefined, path: JsonPath): Finding[] {
  const pattern = glob?.replace(/^!/, '') ?? '';
  const leaves =
    pattern.startsWith('/') || /^[A-Za-z]:/.test(pattern) || pattern.split(/[/\\]/).includes('..');
  if (glob === undefined || !leaves) return [];
  return [
    {
      path,
      severity: 'error',
      found: `found the glob ${quote(glob)}, which leaves the repository`,
      expected: 'expected a glob below the root of the repository, such as "src/**"',
    },
  ];
}

/** Who writes them means "all but these", and would have a stage that never runs again. */
function onlyExceptions(globs: readonly unknown[], path: JsonPath): Finding[] {
  if (globs.length === 0 || !globs.every((glob) => textIn(glob)?.startsWith('!'))) return [];
  return [
    {
      path,
      severity: 'error',
      found: 'found only exceptions',
      expected: `expected a glob that they are exceptions of, too, such as ${quote('**')}`,
    },
  ];
}

function noName(name: string | undefined, path: JsonPath): Finding[] {
  if (name === undefined || !/[=\0]/.test(name)) return [];
  return [
    { path, severity: 'error', found: `found ${quote(name)}`, expected: 'expected the name of a variable' },
  ];
}
