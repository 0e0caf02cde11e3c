/** How many commands may run at the same time, counted over a run and all its child runs. */
export interface Slots {
  readonly free: number;
  /** Takes as many; call it only while there are so many. */
  take(count: number): void;
  /** Gives as many back, if only none, and wakes everybody who waits. */
  release(count: number): void;
  /** Resolves at the next release, whoever's it is. Takes none. */
  released(): Promise<void>;
}

export function createSlots(most: number): Slots {
  let free = most;
  let waiting: (() => void)[] = [];
  return {
    get free() {
      return free;
    },
    take(count) {
      free -= count;
    },
    release(count) {
      free += count;
      const wake = waiting;
      waiting = [];
      for (const resolve of wake) resolve();
    },
    released() {
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
