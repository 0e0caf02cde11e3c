/** Outputs cannot be stored or restored as they are; the message says why, in words. Never leaves this folder. */
export class Refusal extends Error {}
