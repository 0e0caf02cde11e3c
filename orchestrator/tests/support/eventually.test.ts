import { expect, it } from 'vitest';
import { eventually } from './eventually.ts';

it('gives the first truthy value', async () => {
  const answers = [undefined, 0, '', 'found', 'too late'];
  await expect(eventually(() => answers.shift())).resolves.toBe('found');
  expect(answers).toEqual(['too late']);
});

it('takes a throwing probe as "not yet"', async () => {
  let calls = 0;
  const probe = async (): Promise<number> => {
    calls += 1;
    if (calls < 3) throw new Error('no such file');
    return calls;
  };
  await expect(eventually(probe)).resolves.toBe(3);
});

it('says what it waited for and what it saw last', async () => {
  await expect(eventually(() => false, { timeoutMs: 5, what: 'the lock' })).rejects.toThrow(
    'Waited 5 ms in vain for the lock (last value: false)',
  );
  const failing = eventually(() => Promise.reject(new Error('still busy')), {
    timeoutMs: 5,
    what: 'the lock',
  });
  await expect(failing).rejects.toThrow('Waited 5 ms in vain for the lock (last error: Error: still busy');
});
