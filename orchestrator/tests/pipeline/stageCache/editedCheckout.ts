import fs from 'node:fs';
import { makeRepo, type SandboxRepo } from '../../support/sandboxRepo.ts';
import { command, pipeline } from '../../support/stageConfig.ts';
import { editFiles, SOURCES, type Edit } from './edits.ts';
import { contentOf, runPipeline, type ToldRun } from './pipelineRuns.ts';

/** A repository to which edits happen. */
export interface EditedCheckout {
  repo: SandboxRepo;
  /** Makes edits, then runs the pipeline; cacheDir null: without a cache. */
  step(edits: readonly Edit[], cacheDir: string | null): Promise<ToldRun>;
  content(): Promise<Record<string, string>>;
}

/**
 * Builds clean what they make and fail only afterwards; what needs the build trusts its key to tell what `dist` holds. Each
 * program that they start counts: they run some hundred times.
 */
const COMMANDS = {
  build: 'rm -rf dist; cp -a src dist; echo "$FLAVOUR" > dist/flavour; ! grep -s bad src/*',
  bundle: [
    'rm -rf bundle; mkdir -p bundle/empty; umask 027; cat dist/* > bundle/all; ln -s all bundle/latest',
    'test -e src/b || mkdir bundle/b',
  ].join('; '),
  test: '! grep -s end test/* dist/*',
  lint: 'rm -rf report; mkdir report; ! grep -s odd src/* > report/odd',
  notes: 'cat report/* tools/* > notes; echo noted',
};

/** Two pipes would be read in any order. */
const oneOutput = (text: string): string => `exec 2>&1; ${text}`;

function configOf(version: string): object {
  return pipeline(
    command('build', oneOutput(`${COMMANDS.build} # ${version}`), {
      needs: [],
      cache: { inputs: ['src/**'], outputs: ['dist/**'], env: ['FLAVOUR'] },
    }),
    command('bundle', oneOutput(COMMANDS.bundle), {
      needs: ['build'],
      cache: { inputs: ['src/**'], outputs: ['bundle/**'] },
    }),
    command('test', oneOutput(COMMANDS.test), {
      needs: ['build'],
      cache: { inputs: ['test/**', 'dist/**'] },
    }),
    command('lint', oneOutput(COMMANDS.lint), {
      needs: [],
      allowFailure: true,
      cache: { inputs: ['src/**'], outputs: ['report/**'] },
    }),
    command('notes', oneOutput(COMMANDS.notes), {
      needs: ['lint'],
      cache: { inputs: ['tools/**'], outputs: ['notes'] },
    }),
  );
}

const SOURCE_FOLDERS = ['src', 'test', 'tools'];

export async function makeEditedCheckout(): Promise<EditedCheckout> {
  const files = Object.fromEntries(SOURCES.map((each) => [each, '000']));
  const repo = await makeRepo({ config: configOf('1'), files });
  let now = { variable: '', version: '1' };
  const past: (typeof now)[] = [];
  const places = (run: number) =>
    SOURCE_FOLDERS.map((folder) => ({
      live: repo.path(folder),
      kept: repo.path('.states', String(run), folder),
    }));
  const copy = (from: string, to: string): void => {
    fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  };
  const make = (edit: Edit): void => {
    if (edit.edit === 'variable') now = { ...now, variable: edit.value };
    else if (edit.edit === 'command') now = { ...now, version: edit.version };
    else if (edit.edit === 'return') {
      const run = Math.min(edit.run, past.length - 1);
      now = past[run] ?? now;
      for (const { live, kept } of places(run)) {
        fs.rmSync(live, { recursive: true });
        copy(kept, live);
      }
    } else editFiles(repo, edit);
  };
  return {
    repo,
    async step(edits, cacheDir) {
      for (const edit of edits) make(edit);
      await repo.write('codex.orchestrator.json', configOf(now.version));
      for (const { live, kept } of places(past.length)) copy(live, kept);
      past.push(now);
      return runPipeline(repo, { cacheDir, env: { FLAVOUR: now.variable } });
    },
    content: () => contentOf(repo),
  };
}
