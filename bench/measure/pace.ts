/** How a load is sent, the same for every peer, and which part of it speed is measured by. */
export interface Pace {
  /** Transactions sent and not mined yet: more wait at the client. */
  readonly inFlight: number;
  /** Sending ends after so long, whatever is left. */
  readonly seconds: number;
  /** What is mined within the first seconds doesn't count: every peer gets to its full speed. */
  readonly warmUpSeconds: number;
  /** A chain that mines nothing, or doesn't answer, for so long has stalled. */
  readonly stallSeconds: number;
}

/** Everything as fast as it is accepted, measured from the first send to the last block. */
export const WHOLE_LOAD: Pace = {
  inFlight: Number.POSITIVE_INFINITY,
  seconds: Number.POSITIVE_INFINITY,
  warmUpSeconds: 0,
  stallSeconds: 60,
};
