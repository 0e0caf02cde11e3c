import { describe, expect, it } from 'vitest';
import type { Pipeline, Stage } from '../../src/config/types.ts';
import { FailureError } from '../../src/failure.ts';
import { planPipeline } from '../../src/pipeline/plan.ts';

function stage(id: string, plan: Stage['plan'] = {}): Stage {
  return {
    kind: 'command',
    id,
    title: `Title of ${id}`,
    command: 'true',
    env: {},
    allowFailure: false,
    retries: 0,
    plan,
  };
}

function pipeline(...stages: Stage[]): Pipeline {
  return { id: 'p', title: 'P', description: null, tags: [], guardrailsRequired: false, stages };
}

describe('the target of a plan', () => {
  const stages = [
    stage('setup', { runnable: false }),
    stage('Build', { aliases: ['compile'] }),
    stage('test', { defaultTarget: true }),
  ];

  it.each([
    ['p:Build', 'p:Build'],
    ['build', 'p:Build'],
    ['COMPILE', 'p:Build'],
    ['other:test', 'p:test'],
    [null, 'p:test'],
  ])('asked for as %j is %s', (asked, target) => {
    const { document } = planPipeline(pipeline(...stages), asked);
    expect(document.targetId).toBe(target);
    expect(document.items.filter((item) => item.selected).map((item) => item.id)).toEqual([target]);
  });

  it('is the first runnable stage when none is marked, else the first', () => {
    expect(planPipeline(pipeline(stage('a', { runnable: false }), stage('b')), null).document.targetId).toBe(
      'p:b',
    );
    expect(planPipeline(pipeline(stage('a', { runnable: false })), null).document.targetId).toBe('p:a');
  });

  it('must exist when it is asked for', () => {
    let failure: unknown;
    try {
      planPipeline(pipeline(...stages), 'deploy');
    } catch (error) {
      failure = error instanceof FailureError ? error.failure : error;
    }
    const known = ['setup', 'Build', 'test'];
    expect(failure).toEqual({ kind: 'stage-not-found', stageId: 'deploy', known, pipelineId: 'p' });
  });
});

describe('the items of a plan', () => {
  it('carry what readers of the run summary expect', () => {
    const described = {
      ...pipeline(stage('a', { requiresCloud: true, executionMode: 'cloud' })),
      description: 'notes',
    };
    expect(planPipeline(described, null).document).toEqual({
      items: [
        {
          id: 'p:a',
          description: 'Title of a',
          requires_cloud: true,
          requiresCloud: true,
          runnable: true,
          selected: true,
          metadata: {
            pipelineId: 'p',
            stageId: 'a',
            stageKind: 'command',
            index: 0,
            requiresCloud: true,
            executionMode: 'cloud',
          },
        },
      ],
      notes: 'notes',
      targetId: 'p:a',
    });
  });
});
