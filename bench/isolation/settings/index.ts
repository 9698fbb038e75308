import { anvilEach, monolith } from './anvil.js';
import { flotilla } from './flotilla.js';
import type { Setting } from './setting.js';

/** Ours, and beside it what people have today. */
export const SETTINGS: readonly Setting[] = [flotilla, monolith, anvilEach];
