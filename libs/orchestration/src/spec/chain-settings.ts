import { type Hash, keccak256Hex } from '@flotilla/common';
import { canonicalJson } from './canonical-json.js';
import type { ChainSpec } from './chain-spec.schema.js';

/** The part of a spec that changes on a running chain, from a block on. */
export const SETTINGS_FIELDS = ['fees', 'gasLimit', 'token', 'allow', 'sealing'] as const;

export type ChainSettings = Pick<ChainSpec, (typeof SETTINGS_FIELDS)[number]>;

/** The settings that a node has taken over. */
export interface SettingsStatus {
  /** The chain's generation with which they were asked for; 0 for genesis's. */
  readonly generation: number;
  /** The first block under them. */
  readonly fromBlock: number;
  /** `settingsHash` of them. */
  readonly hash: Hash;
  /** The newest generation that the node was asked to take over and has not answered for. */
  readonly asked?: number;
}

export function settingsOf(settings: ChainSettings): ChainSettings {
  const { fees, gasLimit, token, allow, sealing } = settings;
  return { fees, gasLimit, token, allow, sealing };
}

/** keccak-256 of their canonical JSON. */
export function settingsHash(settings: ChainSettings): Hash {
  return keccak256Hex(new TextEncoder().encode(canonicalJson(settingsOf(settings))));
}
