import { createAdapter } from '../agents/createAdapter.ts';
import { optionProblemText } from '../options/optionProblemText.ts';
import type { LoopInputs } from '../options/rawOptions.ts';
import { checkBounds, readOptions } from '../options/readOptions.ts';
import { lenientWorkspace } from '../workspace/lenientWorkspace.ts';
import { openWorkspace } from '../workspace/openWorkspace.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { openBudget } from './budget.ts';
import { endLoop, type LoopEnd } from './endLoop.ts';
import type { LoopContext, LoopOutcome, LoopRequest } from './loopContext.ts';
import { isCancellation } from './isCancellation.ts';
import { loopPaths, type LoopPaths } from './loopPaths.ts';
import { startLines } from './loopLines.ts';
import { plainLine } from './loopWords.ts';
import type { LoopState } from './loopState.ts';
import { continuedState, newState } from './newState.ts';
import { createProgressFeed } from './progressFeed.ts';
import { createProtection } from './protection.ts';
import { repeatedInputs } from './repeatedInputs.ts';
import { resumedInputs } from './resumedInputs.ts';
import { say } from './say.ts';
import { createStateStore, readState, type StateStore } from './stateStore.ts';
import { unwrittenMs } from './unwrittenTime.ts';
import { checkValidator, chooseValidator } from './validatorChoice.ts';

/** A loop that is ready for its next iteration, or how it ended before that. */
export type OpenedLoop = { context: LoopContext } | { outcome: LoopOutcome };

/**
 * Opens a loop: joins and checks its options, goes back to the state of an earlier attempt if there is one, finds
 * the validator. `state.json` is on disk before anything that takes time. Throws errno errors and `damaged-evidence`.
 */
export async function openLoop(request: LoopRequest): Promise<OpenedLoop> {
  const paths = loopPaths(request.runDir);
  const stored = await readState(paths.statePath, request.activity);
  const resumed = stored !== null && hasBegun(stored) ? stored : null;
  const inputs = inputsFor(request.inputs, stored, resumed);
  const read = readOptions(inputs);
  if (!read.ok) {
    const { store } = openState(request, paths, resumed ?? newState(read.partial, inputs.flags));
    const end: LoopEnd = { status: 'invalid_config', problem: optionProblemText(read.problem) };
    return { outcome: endLoop({ request, store }, end) };
  }
  const { options } = read;
  const { store, budget } = openState(
    request,
    paths,
    resumed === null
      ? newState(options, inputs.flags)
      : continuedState(resumed, options, unwrittenMs(resumed, paths)),
  );
  store.write();
  const { state } = store;
  if (resumed?.final?.status === 'passed')
    return { outcome: endLoop({ request, store }, { status: 'passed' }) };

  const choice = await chooseValidator(request.repoRoot, options.validator);
  if ('end' in choice) return { outcome: endLoop({ request, store }, choice.end) };
  const { validator } = choice;
  const unbounded = checkBounds(options, validator);
  if (unbounded !== null) {
    const end: LoopEnd = { status: 'invalid_config', problem: optionProblemText(unbounded) };
    return { outcome: endLoop({ request, store }, end) };
  }
  state.validator = validator ?? 'none';
  const check = await checkValidator(request, validator);
  if (check.isMissing) return { outcome: endLoop({ request, store }, { status: 'validator_not_found' }) };

  const [opened, adapter] = await Promise.all([
    openFiles(request, paths),
    createAdapter(options.agent, request.env),
  ]);
  if (opened === null) return { outcome: endLoop({ request, store }, { status: 'cancelled' }) };
  const workspace = tolerant(request, opened);
  const feed = createProgressFeed({
    state,
    budget,
    agent: adapter.name,
    validator,
    onProgress: (progress) => request.onProgress(progress),
  });
  const context: LoopContext = {
    request,
    options,
    validator,
    paths,
    store,
    budget,
    workspace,
    protection: createProtection({
      globs: options.protect,
      isResumed: resumed !== null,
      repoRoot: request.repoRoot,
      exclude: request.evidence,
      notePath: paths.protectedPath,
      activity: request.activity,
    }),
    adapter,
    feed,
    resumed: resumed !== null,
  };
  say(request, [...startLines({ ...context, state, reason: choice.reason }), ...check.warnings]);
  return { context };
}

/** null: somebody cancelled meanwhile. */
async function openFiles(request: LoopRequest, { dir }: LoopPaths): Promise<Workspace | null> {
  const { repoRoot, runId, env, evidence, cancellation, activity } = request;
  const { signal } = cancellation;
  try {
    return await openWorkspace({ repoRoot, runId, dir, exclude: evidence, env, signal, activity });
  } catch (error) {
    if (isCancellation(error, cancellation)) return null;
    throw error;
  }
}

/** Nothing is worth more than the validator's word, which needs no git. */
function tolerant(request: LoopRequest, workspace: Workspace): Workspace {
  return lenientWorkspace(workspace, (reason) => say(request, [`  warning: ${plainLine(reason)}`]));
}

/** A loop that was killed before its first snapshot, or ended on its options alone, begins anew. */
function hasBegun({ iterations, inProgress, baseSnapshot }: LoopState): boolean {
  return iterations.length > 0 || inProgress !== null || baseSnapshot !== null;
}

function inputsFor(inputs: LoopInputs, stored: LoopState | null, resumed: LoopState | null): LoopInputs {
  if (resumed !== null) return resumedInputs(resumed, inputs);
  return stored === null ? inputs : repeatedInputs(stored, inputs);
}

function openState(
  { activity }: LoopRequest,
  { statePath }: LoopPaths,
  state: LoopState,
): { store: StateStore; budget: ReturnType<typeof openBudget> } {
  const budget = openBudget(state);
  return { budget, store: createStateStore(statePath, state, () => budget.elapsedMs(), activity) };
}
