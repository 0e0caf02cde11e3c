import type { Row } from '../../report/row.ts';
import type { SuiteContext } from '../../suite.ts';
import { GIT_ENVIRONMENT } from '../../support/gitRepo.ts';
import { contender, interleave, timeRow } from '../../support/interleave.ts';
import { loopRepo } from '../../support/loopRepo.ts';
import { timeProcess } from '../../support/processTiming.ts';

/** A loop of one iteration, in a repository: agent and validator do nothing, the validator passes. */
export async function measureStartUp(context: SuiteContext): Promise<Row[]> {
  const { folder, signal } = context;
  const repo = await loopRepo(context, 'git');
  const args = repo.rlmArgs({ agent: { command: 'true' }, validator: 'true', maxIterations: 1 });
  const file = process.execPath;
  const node = contender('node -e 0', () => timeProcess({ file, args: ['-e', '0'], cwd: folder, signal }));
  const rlm = contender('rlm, whose validator passes at once', () =>
    timeProcess({ file, args, cwd: repo.root, env: GIT_ENVIRONMENT, signal }),
  );
  await interleave([node, rlm], context.runs);
  await repo.remove();
  return [timeRow(node), timeRow(rlm, { reference: node })];
}
