/** From and to, in milliseconds since the Unix epoch. */
export type Window = readonly [from: number, to: number];

/** Milliseconds since the Unix epoch, finer than `Date.now` and the same in all processes. */
export const now = () => performance.timeOrigin + performance.now();

export const contains = ([from, to]: Window, at: number) => at >= from && at <= to;

/** What two windows have in common; one that contains nothing if that is nothing. */
export const common = (a: Window, b: Window): Window => [
  Math.max(a[0], b[0]),
  Math.min(a[1], b[1]),
];
