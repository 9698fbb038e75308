import { checkpointHash } from '@flotilla/anchoring';
import { type ScheduledSettings, settingsRecord } from '@flotilla/chain';
import type { Heartbeat } from '@flotilla/messaging';
import { count, method, optional, type RpcMethod } from '@flotilla/rpc';
import type { AnchoringState } from '../anchoring/anchoring-state.js';

export interface FlotillaMethodsModules {
  readonly status: () => Heartbeat;
  /** Undefined on a chain that doesn't anchor. */
  readonly anchoring: () => AnchoringState | undefined;
  /** Whether the root knows that the chain sleeps, and with all of its transactions. */
  readonly isSleepAnchored: () => boolean;
  readonly counters: () => Record<string, unknown>;
  /** The newest changes that begin no later than at this block, oldest first. */
  readonly settings: (upToBlock: number, limit: number) => readonly ScheduledSettings[];
}

/** Changes in one answer at most; those before are asked for by block. */
const MAX_SETTINGS = 100;

/** What only a Flotilla node can answer. Numbers are plain numbers here: these methods are ours alone. */
export function flotillaMethods(modules: FlotillaMethodsModules): RpcMethod[] {
  return [
    method('flotilla_status', [], () => ({ ...modules.status(), ...modules.counters() })),
    method('flotilla_settings', [optional(count)], ([upToBlock = Number.MAX_SAFE_INTEGER]) =>
      modules.settings(upToBlock, MAX_SETTINGS).map(({ fromBlock, ...change }) => ({
        fromBlock,
        ...settingsRecord({ fromBlock, ...change }),
      })),
    ),
    method('flotilla_checkpoint', [], () => {
      const state = modules.anchoring();
      if (state === undefined) return null;
      const { anchored, proposal } = state;
      return {
        anchored: anchored ?? null,
        sleepAnchored: modules.isSleepAnchored(),
        proposed:
          proposal === undefined
            ? null
            : {
                checkpoint: proposal.checkpoint,
                hash: checkpointHash(proposal.checkpoint),
                signature: proposal.signature,
              },
      };
    }),
  ];
}
