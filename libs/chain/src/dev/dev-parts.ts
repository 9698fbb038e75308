import type { Clock } from '@flotilla/common';
import type { WorldState } from '@flotilla/state';
import type { ChainEvents, EventEmitter } from '../events.js';
import type { HistoryWindow } from '../execution/history-window.js';
import { DevShaper } from './dev-shaper.js';
import type { RecordingStore } from './recording-store.js';
import { Snapshots } from './snapshots.js';
import { TamperMark } from './tamper-mark.js';

/** What a development chain is made of besides. */
export interface DevParts {
  readonly store: RecordingStore;
  readonly world: WorldState;
  readonly window: HistoryWindow;
  readonly clock: Clock;
  readonly shaper: DevShaper;
  readonly snapshots: Snapshots;
  readonly mark: TamperMark;
}

export function devParts(
  store: RecordingStore,
  modules: {
    readonly world: WorldState;
    readonly window: HistoryWindow;
    readonly clock: Clock;
    readonly events: EventEmitter<ChainEvents>;
  },
): DevParts {
  const { world, window, clock, events } = modules;
  const mark = new TamperMark({ store, clock, events });
  return {
    ...{ store, world, window, clock, mark },
    shaper: new DevShaper({ store, clock, mark }),
    snapshots: new Snapshots({ store, clock }),
  };
}
