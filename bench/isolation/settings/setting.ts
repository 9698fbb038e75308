import type { Channel, ProductAccess } from '../channel.js';

export interface SceneChain {
  readonly url: string;
  readonly chainId: number;
}

/** Two dApps, ready: a quiet one and one that will be flooded. */
export interface Scene {
  readonly quiet: SceneChain;
  readonly attacked: SceneChain;
  readonly product?: ProductAccess;
  /** Seconds by which the quiet chain's last anchor is behind its head. Undefined where nothing is anchored. */
  anchorLag?(): Promise<number>;
  /** Of the processes behind the scene; `attacked` and `quiet` are the chains' own. */
  pids(): Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** How two dApps share a machine. */
export interface Setting {
  readonly name: string;
  readonly title: string;
  /** JSON-RPC channels only. */
  readonly rpcOnly: boolean;
  start(channel: Pick<Channel, 'traces'>): Promise<Scene>;
}
