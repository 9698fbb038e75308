/** Sends one event's JSON text to one subscriber. */
export type Push = (resultText: string) => void;

/** Begins feeding a subscriber; the returned function stops. */
export interface Feed {
  (push: Push): () => void;
  /** Sends what happened after that block, of feeds that blocks tell. */
  readonly since?: (block: number, push: Push) => void;
}

/** A connection that can receive notifications. */
export interface RpcSession {
  /**
   * Opens a subscription, as asked for by these parameters of `eth_subscribe`; its events are held back until the response with its id has been written.
   * @throws RpcError `LIMIT_EXCEEDED`
   */
  subscribe(feed: Feed, params: readonly unknown[]): string;
  /** False when this connection has no such subscription. */
  unsubscribe(id: string): boolean;
}
