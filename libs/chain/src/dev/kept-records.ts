import type { Table } from '@flotilla/state';
import { isSettingsKey } from '../settings/settings-keys.js';
import { META } from '../storage/keys.js';
import { TAMPERING_KEY } from './tampering.js';

const KEPT = new Set([META.epoch, TAMPERING_KEY].map(String));

/** What no step back undoes: the right to produce, the settings that the orchestrator gave, the mark of tampering. */
export function isKept(table: Table, key: Uint8Array): boolean {
  return table === 'meta' && (KEPT.has(String(key)) || isSettingsKey(key));
}
