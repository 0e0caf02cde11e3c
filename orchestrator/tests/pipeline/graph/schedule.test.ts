import { describe, expect, it } from 'vitest';
import {
  createSchedule,
  type FailurePolicy,
  type ScheduleNode,
} from '../../../src/pipeline/graph/schedule.ts';

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function node(needs: number[] = [], weightMs = 1, passed = false): ScheduleNode {
  return { needs, weightMs, passed };
}

/** All that may begin at once. */
function takeAll(schedule: { next(fits: (node: number) => boolean): number | null }): number[] {
  const taken: number[] = [];
  for (let next = schedule.next(() => true); next !== null; next = schedule.next(() => true))
    taken.push(next);
  return taken;
}

describe('the next stage', () => {
  it('is one whose needs have passed', () => {
    const schedule = createSchedule([node([1]), node(), node([0, 1])], 'finish');
    expect(takeAll(schedule)).toEqual([1]);
    schedule.ended(1, true);
    expect(takeAll(schedule)).toEqual([0]);
    schedule.ended(0, true);
    expect(takeAll(schedule)).toEqual([2]);
  });

  it('is the one with the longest way ahead, of equals the first', () => {
    const nodes = [node([], 5), node([], 1), node([1], 10), node([], 5), node([], 3)];
    expect(takeAll(createSchedule(nodes, 'finish'))).toEqual([1, 0, 3, 4]);
  });

  it('is not judged by what has passed before', () => {
    // The heavy one is done already, and so nobody behind it waits for the first.
    const nodes = [node(), node([0], 100, true), node([1], 10), node([], 5)];
    expect(takeAll(createSchedule(nodes, 'finish'))).toEqual([2, 3, 0]);
  });

  it('is passed over while there is no room for it', () => {
    const schedule = createSchedule([node([], 9), node([], 1)], 'finish');
    expect(schedule.next((candidate) => candidate === 1)).toBe(1);
    expect(schedule.next((candidate) => candidate === 1)).toBeNull();
    expect(schedule.next(() => true)).toBe(0);
  });

  it('is none that has passed before, and they count as passed', () => {
    const schedule = createSchedule([node([], 1, true), node([0]), node([1], 1, true)], 'finish');
    expect(takeAll(schedule)).toEqual([1]);
    schedule.ended(1, true);
    expect(takeAll(schedule)).toEqual([]);
  });

  it('is none in a cycle', () => {
    expect(takeAll(createSchedule([node([1]), node([0]), node()], 'finish'))).toEqual([2]);
  });

  it('is not waited for twice where a need is named twice', () => {
    const schedule = createSchedule([node(), node([0, 0])], 'finish');
    takeAll(schedule);
    schedule.ended(0, true);
    expect(takeAll(schedule)).toEqual([1]);
  });
});

describe('random graphs', () => {
  const policies: FailurePolicy[] = ['finish', 'stop', 'continue'];
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('keep the rules, seed %i', (seed) => {
    const chance = random(seed + 1);
    const size = 1 + Math.floor(chance() * 30);
    const density = chance() * 0.5;
    // Needs point at any stage of a hidden order, so listed order and order of running differ.
    const order = Array.from({ length: size }, (_, at) => at).toSorted(() => chance() - 0.5);
    const needs = order.map((): number[] => []);
    for (let at = 1; at < size; at += 1)
      for (let before = 0; before < at; before += 1)
        if (chance() < density) needs[order[at] ?? 0]?.push(order[before] ?? 0);
    const provenShare = seed % 2 === 0 ? 0 : 0.3;
    // Few different weights, so that some ways are equally long.
    const nodes = needs.map((list) => node(list, Math.floor(chance() * 8), chance() < provenShare));
    const fails = nodes.map(() => chance() < 0.1);
    const policy = policies[seed % 3] ?? 'finish';
    const slots = 1 + Math.floor(chance() * 4);

    const schedule = createSchedule(nodes, policy);
    const running: number[] = [];
    const began: number[] = [];
    const passed = new Set([...nodes.keys()].filter((at) => nodes[at]?.passed === true));
    let failed = false;
    for (;;) {
      const fits = () => running.length < slots;
      for (let next = schedule.next(fits); next !== null; next = schedule.next(fits)) {
        expect(next).toBe(longestAhead(nodes, expectedReady(nodes, began, passed)));
        expect(began).not.toContain(next);
        for (const need of needs[next] ?? []) expect(passed).toContain(need);
        expect(failed && policy !== 'continue').toBe(false);
        began.push(next);
        running.push(next);
        expect(running.length).toBeLessThanOrEqual(slots);
      }
      const waiting = expectedReady(nodes, began, passed);
      const mayWait = failed && policy !== 'continue';
      expect(mayWait || waiting.length === 0 || running.length === slots).toBe(true);
      const [ending] = running.splice(Math.floor(chance() * running.length), 1);
      if (ending === undefined) break;
      const ok = fails[ending] !== true;
      if (ok) passed.add(ending);
      else failed = true;
      schedule.ended(ending, ok);
    }
    expect(began.toSorted((a, b) => a - b)).toEqual(reference(nodes, fails, began, failed, policy));
  });
});

/** Stages that could run but have not begun, found by looking at every one. */
function expectedReady(nodes: ScheduleNode[], began: number[], passed: Set<number>): number[] {
  return [...nodes.keys()].filter(
    (at) =>
      nodes[at]?.passed === false && !began.includes(at) && nodes[at].needs.every((need) => passed.has(need)),
  );
}

/** The one of them with the heaviest chain that waits for it, found by walking along every chain; of equals the first. */
function longestAhead(nodes: ScheduleNode[], candidates: number[]): number | undefined {
  const ways = new Map<number, number>();
  const wayOf = (from: number): number => {
    const waiting = [...nodes.keys()].filter(
      (at) => nodes[at]?.passed === false && nodes[at].needs.includes(from),
    );
    const way = ways.get(from) ?? (nodes[from]?.weightMs ?? 0) + Math.max(0, ...waiting.map(wayOf));
    ways.set(from, way);
    return way;
  };
  const longest = Math.max(...candidates.map(wayOf));
  return candidates.find((at) => wayOf(at) === longest);
}

/** All that must have begun in the end: with `continue`, or without a failure, all but what depends on a failure. */
function reference(
  nodes: ScheduleNode[],
  fails: boolean[],
  began: number[],
  failed: boolean,
  policy: FailurePolicy,
): number[] {
  const inOrder = (list: number[]) => list.toSorted((a, b) => a - b);
  if (failed && policy !== 'continue') return inOrder(began);
  const passes = new Set([...nodes.keys()].filter((at) => nodes[at]?.passed === true));
  const begins = new Set<number>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const at of expectedReady(nodes, [...begins], passes)) {
      begins.add(at);
      if (fails[at] !== true) passes.add(at);
      grown = true;
    }
  }
  return inOrder([...begins]);
}
