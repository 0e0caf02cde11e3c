const WORKERS = 8;

/**
 * Works on all items, eight at a time. After a failure nothing new is begun; it rejects with the first one only when
 * nothing is under way any more, so that what was done can be undone.
 */
export async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true && failures.length === 0; next = queue.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  if (failures.length > 0) throw failures[0];
}
