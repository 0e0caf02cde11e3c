/** How many commands may run at the same time, counted over a run and all its child runs. */
export interface Slots {
  readonly free: number;
  /** Takes one; call it only while there is one. */
  take(): void;
  /** Gives one back and tells everybody who waits. */
  release(): void;
  /** Resolves when one was given back. Takes none. */
  released(): Promise<void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  let waiting: (() => void)[] = [];
  return {
    get free() {
      return free;
    },
    take() {
      free -= 1;
    },
    release() {
      free += 1;
      const wake = waiting;
      waiting = [];
      for (const resolve of wake) resolve();
    },
    released() {
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
