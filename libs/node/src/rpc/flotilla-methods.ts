import { checkpointHash } from '@flotilla/anchoring';
import type { Heartbeat } from '@flotilla/messaging';
import { method, type RpcMethod } from '@flotilla/rpc';
import type { AnchoringState } from '../anchoring/anchoring-state.js';

export interface FlotillaMethodsModules {
  readonly status: () => Heartbeat;
  /** Undefined on a chain that doesn't anchor. */
  readonly anchoring: () => AnchoringState | undefined;
  readonly counters: () => Record<string, unknown>;
}

/** What only a Flotilla node can answer. Numbers are plain numbers here: these methods are ours alone. */
export function flotillaMethods(modules: FlotillaMethodsModules): RpcMethod[] {
  return [
    method('flotilla_status', [], () => ({ ...modules.status(), ...modules.counters() })),
    method('flotilla_checkpoint', [], () => {
      const state = modules.anchoring();
      if (state === undefined) return null;
      const { anchored, proposal } = state;
      return {
        anchored: anchored ?? null,
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
