/** What one connection had open when its node stopped, in `eth_subscribe`'s own words. */
export interface ParkedSubscription {
  readonly id: string;
  readonly params: readonly unknown[];
  /** The last block that it was told of. */
  readonly block?: number;
}

/** By the id that the gateway gave to the connection. */
export type ParkedConnections = Readonly<Record<string, readonly ParkedSubscription[]>>;

/** Set by the gateway: the same for all processes that a connection is handed through. */
export const CONNECTION_HEADER = 'flotilla-connection';
/** Payload of the ping after which the peer sends nothing more; its pong says that all before it is on its way. */
export const PARK_PING = 'flotilla:park';
/** Code of the close frame that says: everything was answered, come again to the next process. */
export const PARKED_CODE = 4001;

const CONNECTION_ID = /^[0-9a-f]{32}$/;
/** For a peer that does not answer pings. */
const PONG_MS = 1_000;

/** Undefined for connections that nobody can hand on. */
export function connectionId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && CONNECTION_ID.test(header) ? header : undefined;
}

interface Peer {
  ping(data: string): void;
  on(event: 'pong', listener: (data: Buffer) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** Resolves when nothing more comes from the peer. */
export function quiet(peer: Peer): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PONG_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    peer.on('pong', (data) => {
      if (data.toString() === PARK_PING) done();
    });
    peer.once('close', done);
    peer.ping(PARK_PING);
  });
}
