import { listIn, type Table, tableIn, textIn } from './jsonValue.ts';

/**
 * Normalised names of everything that a `pyproject.toml` depends on: project dependencies and extras (PEP 621),
 * dependency groups (PEP 735), and the tables of Poetry, uv and PDM.
 */
export function pythonDependencies(project: Table): string[] {
  const standard = tableIn(project['project']);
  const tool = tableIn(project['tool']);
  const poetry = tableIn(tool['poetry']);
  const requirements = [
    standard['dependencies'],
    ...Object.values(tableIn(standard['optional-dependencies'])),
    ...Object.values(tableIn(project['dependency-groups'])),
    tableIn(tool['uv'])['dev-dependencies'],
    ...Object.values(tableIn(tableIn(tool['pdm'])['dev-dependencies'])),
  ];
  const tables = [
    poetry['dependencies'],
    poetry['dev-dependencies'],
    ...Object.values(tableIn(poetry['group'])).map((group) => tableIn(group)['dependencies']),
  ];
  return [
    ...requirements.flatMap((list) => listIn(list).map(nameOf)),
    ...tables.flatMap((table) => Object.keys(tableIn(table)).map(normalised)),
  ].filter((name) => name !== '');
}

/** The name at the start of a requirement such as `ruff>=0.5; python_version > "3.8"` (PEP 508). */
function nameOf(requirement: unknown): string {
  return normalised(/^\s*([\w.-]+)/.exec(textIn(requirement) ?? '')?.[1] ?? '');
}

function normalised(name: string): string {
  return name.toLowerCase().replace(/[._-]+/g, '-');
}
