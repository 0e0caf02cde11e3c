import type { Finding } from './finding.ts';
import { type JsonPath, listIn, tableIn, textIn } from './jsonValue.ts';
import { quote } from './words.ts';

/** Globs of caches that leave the repository: what lies outside is nobody's to read as input, let alone to overwrite. */
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
      return ['inputs', 'outputs'].flatMap((key) =>
        listIn(cache[key]).flatMap((glob, place) => escape(textIn(glob), [...path, at, 'cache', key, place])),
      );
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
