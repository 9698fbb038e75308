/** What a strike is aimed at: the attacked chain, or the sink that answers as a refusal would, and does nothing. */
export type Aim = 'chain' | 'sink';

/** What became of attack requests: served, refused with a code, or anything else. */
export interface Outcome {
  readonly kind: 'served' | 'refused' | 'uncoded';
  /** The code, or what happened in its place. */
  readonly reason: string;
}

/** Where a stack keeps what an owner of the attacked chain has, beyond its URL. */
export interface ProductAccess {
  readonly apiUrl: string;
  /** Key of the tenant that owns the attacked chain. */
  readonly key: string;
  readonly gatewayUrl: string;
  /** The attacked chain's own folder. */
  readonly folder: string;
  readonly chainName: string;
}

export interface SinkAddress {
  readonly httpUrl: string;
  readonly natsUrl: string;
}

export interface Target {
  /** JSON-RPC of the attacked chain. */
  readonly url: string;
  readonly chainId: number;
  readonly sink: SinkAddress;
  /** Undefined for peers, which are JSON-RPC and nothing else. */
  readonly product: ProductAccess | undefined;
}

/** An attack that is ready to go. */
export interface Flood {
  /** Before a window: whatever so many strikes need that can be made ahead of the clock. */
  load?(strikes: number): Promise<void>;
  /** One step of the attack. Every request in it is valid and was never sent before. */
  strike(n: number, aim: Aim): Promise<readonly Outcome[]>;
  /** After a window: closes, wakes, puts to sleep or deletes what the window left. */
  restore?(): Promise<void>;
  close(): Promise<void>;
}

/** One way in which a dApp can take more than its share. */
export interface Channel {
  readonly name: string;
  readonly title: string;
  /** JSON-RPC alone does it, so that peers can be attacked in the same way. */
  readonly overRpc: boolean;
  /** Its protocol has no answers: what is too much is dropped without a code. */
  readonly isSilent?: boolean;
  /** It asks for traces: peers that keep no steps unless they are told to are told. */
  readonly traces?: boolean;
  /** Strikes per second: far over what a small chain may. */
  readonly rate: number;
  arm(target: Target): Promise<Flood>;
}
