/**
 * Ahead of everything that is measured, the gateway included: a user's client has a machine of its own, so its process
 * doesn't wait for those that it asks. Takes root.
 */
export const AHEAD = -10;

/** Gives way to everything. */
export const POLITE = 19;
