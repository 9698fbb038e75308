/** What one connection sends: whole senders, so that a sender's nonces arrive in order. */
export interface Lane {
  readonly senders: readonly number[];
  readonly transactions: number;
}

/** Spreads senders and transactions over connections; every connection gets the same work, give or take one. */
export function planLanes(transactions: number, senders: number, connections: number): Lane[] {
  const lanes = Math.min(connections, senders);
  return Array.from({ length: lanes }, (_, lane) => ({
    senders: Array.from({ length: senders }, (_, sender) => sender).filter(
      (sender) => sender % lanes === lane,
    ),
    transactions: Math.floor(transactions / lanes) + (lane < transactions % lanes ? 1 : 0),
  }));
}
