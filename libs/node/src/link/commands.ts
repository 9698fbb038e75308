import { FlotillaError, type Logger } from '@flotilla/common';
import { type Envelope, Messages, type MessageType, type Messaging } from '@flotilla/messaging';
import type { CheckpointProposer } from '../anchoring/checkpoint-proposer.js';
import { errorFields } from '../errors.js';

export interface CommandModules {
  readonly messaging: Messaging;
  /** Undefined on a chain that doesn't anchor. */
  readonly proposer: CheckpointProposer | undefined;
  readonly drain: () => void;
  readonly logger: Logger;
}

/** What the control plane may ask of a node. Every command is idempotent and is answered with an ack. */
export function listenForCommands(chain: string, modules: CommandModules): () => void {
  const { messaging, proposer, drain, logger } = modules;

  const acknowledge = (commandId: string, ok: boolean, code?: string) =>
    messaging.publish(Messages.commandAck, chain, { commandId, ok, ...(code ? { code } : {}) });

  /** @param act answers with a code when there is more to say than "done" */
  const on = <Data>(
    type: MessageType<Data>,
    act: (data: Data) => string | undefined | Promise<string | undefined>,
  ) =>
    messaging.subscribe(type, chain, async ({ id, data }: Envelope<Data>) => {
      try {
        acknowledge(id, true, await act(data));
      } catch (error) {
        logger.warn('command failed', {
          command: `${type.resource}.${type.verb}`,
          ...errorFields(error),
        });
        acknowledge(id, false, error instanceof FlotillaError ? error.code : 'INTERNAL_ERROR');
      }
    });

  const stops = [
    on(Messages.checkpointAnchored, async (anchor) => {
      await proposer?.recordAnchor({
        index: anchor.index,
        hash: anchor.hash as `0x${string}`,
        lastBlock: anchor.lastBlock,
        blockHash: anchor.blockHash as `0x${string}`,
        final: anchor.final,
      });
      return proposer === undefined ? 'ANCHORING_DISABLED' : undefined;
    }),
    on(Messages.checkpointPropose, () => proposer?.propose() ?? 'ANCHORING_DISABLED'),
    on(Messages.nodeDrain, () => {
      drain();
      return undefined;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
