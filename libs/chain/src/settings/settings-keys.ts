import { concatBytes } from '@flotilla/common';
import { numberKey } from '../storage/keys.js';

const PREFIX = new TextEncoder().encode('chain.settings/');
export const SETTINGS_PREFIX_BYTES = PREFIX.length;

export const isSettingsKey = (key: Uint8Array) => PREFIX.every((byte, i) => byte === key[i]);

/** Table `meta`: settings by the block from which they are in force. */
export const settingsKey = (fromBlock: number) => concatBytes(PREFIX, numberKey(fromBlock));
