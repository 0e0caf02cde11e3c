import { expect, it } from 'vitest';
import { createSlots } from '../../../src/pipeline/graph/slots.ts';

it('wakes everybody who waits, also by what held no slot', async () => {
  const slots = createSlots(2);
  slots.take(1);
  slots.take(0);
  const waiting = [slots.released(), slots.released()];
  slots.release(0);
  await Promise.all(waiting);
  expect(slots.free).toBe(1);
  slots.release(1);
  expect(slots.free).toBe(2);
});
