import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type DetectedStage, type Detection, emptyDetection } from './detection.ts';
import { isOnPath } from './findOnPath.ts';
import { pythonDependencies } from './pythonDependencies.ts';
import { type Table, tableIn } from './jsonValue.ts';
import { readDocument } from './readDocument.ts';

const FILE = 'pyproject.toml';

/** Detects the usual tools of a Python repository from `pyproject.toml` and the tools' own files. */
export async function detectPython(root: string, env: NodeJS.ProcessEnv): Promise<Detection> {
  const detection = emptyDetection('python', 'Python');
  const read = await readDocument(root, FILE);
  if (read.kind === 'problems') return { ...detection, problems: read.problems };
  if (read.kind === 'absent') return { ...detection, missing: [`${FILE} (not there)`] };
  const python = !isOnPath('python', env) && isOnPath('python3', env) ? 'python3' : 'python';
  const stages = [
    lintStage(root, read.value),
    typecheckStage(root, read.value),
    testStage(root, read.value, python),
  ];
  detection.stages = stages.filter((stage) => stage !== null);
  if (detection.stages.length === 0) {
    detection.missing.push(`${FILE} (no ruff, mypy or pytest, and no folder "tests" or "test")`);
  }
  return detection;
}

function lintStage(root: string, project: Table): DetectedStage | null {
  const why =
    configuredIn(root, project, 'ruff', ['ruff.toml', '.ruff.toml']) ??
    dependencyOf(project, (name) => name === 'ruff');
  return why === null ? null : { purpose: 'lint', command: 'ruff check .', reason: why };
}

function typecheckStage(root: string, project: Table): DetectedStage | null {
  const why = configuredIn(root, project, 'mypy', ['mypy.ini', '.mypy.ini']);
  return why === null ? null : { purpose: 'typecheck', command: 'mypy .', reason: why };
}

function testStage(root: string, project: Table, python: string): DetectedStage | null {
  const why =
    configuredIn(root, project, 'pytest', ['pytest.ini', '.pytest.ini', 'pytest.toml', '.pytest.toml']) ??
    dependencyOf(project, (name) => name === 'pytest' || name.startsWith('pytest-'));
  if (why !== null) return { purpose: 'test', command: `${python} -m pytest`, reason: why };
  const folder = ['tests', 'test'].find((name) => isDirectory(path.join(root, name)));
  if (folder === undefined) return null;
  // Without a package marker, discovery from the root does not enter the folder.
  const isPackage = existsSync(path.join(root, folder, '__init__.py'));
  return {
    purpose: 'test',
    command: `${python} -m unittest discover${isPackage ? '' : ` -s ${folder}`}`,
    reason: `${FILE} without pytest, and a folder "${folder}"`,
  };
}

function configuredIn(root: string, project: Table, tool: string, files: string[]): string | null {
  if (tool in tableIn(project['tool'])) return `[tool.${tool}] in ${FILE}`;
  return files.find((file) => existsSync(path.join(root, file))) ?? null;
}

function dependencyOf(project: Table, isWanted: (name: string) => boolean): string | null {
  const name = pythonDependencies(project).find(isWanted);
  return name === undefined ? null : `dependency "${name}" in ${FILE}`;
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
