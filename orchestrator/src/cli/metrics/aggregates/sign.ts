/** Whether an entry is taken into a state, or out of it again. */
export type Sign = 1 | -1;
