import { equalBytes } from '@flotilla/common';
import type { StateStore, WriteBatch } from '@flotilla/state';
import { readNumberKey } from '../storage/keys.js';
import { LruCache } from '../storage/lru-cache.js';
import { AllowRules } from './allow-rules.js';
import type { ChainSettings, ScheduledSettings } from './chain-settings.js';
import { SETTINGS_PREFIX_BYTES, settingsKey } from './settings-keys.js';
import { decodeSettings, encodeSettings } from './settings-record.js';

/** Settings as blocks are made by them. */
export interface SettingsInForce extends ScheduledSettings {
  /** Undefined: everybody may send and deploy. */
  readonly allow: AllowRules | undefined;
}

const CACHED = 16;

/** Which settings are in force at which block: the chain's own record, in the table `meta` of its store. */
export class SettingsSchedule {
  readonly #store: StateStore;
  readonly #past = new LruCache<number, SettingsInForce>(CACHED);
  readonly #genesis: SettingsInForce;
  #newest: SettingsInForce;
  /** The record that was adopted last. Not every change has a generation of its own: a development chain's users make some. */
  #reloaded: Uint8Array | undefined;

  /** @param genesis for a store that has no record yet */
  constructor(genesis: ChainSettings, modules: { readonly store: StateStore }) {
    this.#store = modules.store;
    this.#genesis = inForce({ fromBlock: 0, generation: 0, settings: genesis });
    this.#newest = this.#find(Number.MAX_SAFE_INTEGER);
  }

  /** In force from its block on, which may be the one to come. */
  get newest(): SettingsInForce {
    return this.#newest;
  }

  at(blockNumber: number): SettingsInForce {
    return blockNumber >= this.#newest.fromBlock ? this.#newest : this.#find(blockNumber);
  }

  /** The newest entries that begin no later than at this block, oldest first. */
  upTo(blockNumber: number, limit: number): ScheduledSettings[] {
    const entries = this.#records(blockNumber, limit).map(([from, record]) =>
      decodeSettings(from, record),
    );
    return entries.length === 0 ? [this.#genesis] : entries.reverse();
  }

  /** Prepares the write, in place of all that would begin later; `adopt` the same once it is durable. */
  put(batch: WriteBatch, scheduled: ScheduledSettings): void {
    const later = {
      gte: settingsKey(scheduled.fromBlock + 1),
      lt: settingsKey(Number.MAX_SAFE_INTEGER),
    };
    for (const [key] of this.#store.range('meta', later)) batch.delete('meta', key);
    batch.put('meta', settingsKey(scheduled.fromBlock), encodeSettings(scheduled));
  }

  adopt(scheduled: ScheduledSettings): void {
    this.#newest = inForce(scheduled);
    this.#past.delete(scheduled.fromBlock);
  }

  /** Another thread may have written a change. */
  reload(): void {
    const [found] = this.#records(Number.MAX_SAFE_INTEGER, 1);
    if (found === undefined) return;
    const [fromBlock, record] = found;
    const isKnown = this.#reloaded !== undefined && equalBytes(record, this.#reloaded);
    if (isKnown && fromBlock === this.#newest.fromBlock) return;
    this.adopt(decodeSettings(fromBlock, record));
    this.#reloaded = Uint8Array.from(record);
  }

  #find(blockNumber: number): SettingsInForce {
    const [found] = this.#records(blockNumber, 1);
    if (found === undefined) return this.#genesis;
    const [fromBlock, record] = found;
    let entry = this.#past.get(fromBlock);
    if (entry === undefined) {
      entry = inForce(decodeSettings(fromBlock, record));
      this.#past.set(fromBlock, entry);
    }
    return entry;
  }

  /** Newest first. */
  #records(blockNumber: number, limit: number): [number, Uint8Array][] {
    const next = Math.min(blockNumber, Number.MAX_SAFE_INTEGER - 1) + 1;
    const range = { gte: settingsKey(0), lt: settingsKey(next), reverse: true, limit };
    return Array.from(this.#store.range('meta', range), ([key, record]) => [
      readNumberKey(key.subarray(SETTINGS_PREFIX_BYTES)),
      record,
    ]);
  }
}

function inForce(scheduled: ScheduledSettings): SettingsInForce {
  return { ...scheduled, allow: AllowRules.of(scheduled.settings.allow) };
}
