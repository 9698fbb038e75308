import type { Allowlists, Blockchain, SettingsInput } from '@flotilla/chain';
import { FlotillaError, type Logger } from '@flotilla/common';
import {
  type Envelope,
  Messages,
  type MessageType,
  type Messaging,
  type NodeLimits,
  type SettingsChange,
} from '@flotilla/messaging';
import type { CheckpointProposer } from '../anchoring/checkpoint-proposer.js';
import { errorFields } from '../errors.js';

export interface CommandModules {
  readonly messaging: Messaging;
  /** Undefined on a chain that doesn't anchor. */
  readonly proposer: CheckpointProposer | undefined;
  readonly drain: () => void;
  readonly limit: (limits: NodeLimits) => void;
  readonly chain: Pick<Blockchain, 'changeSettings'>;
  readonly logger: Logger;
}

function settingsInput({
  gasLimit,
  fees,
  token,
  allow,
  sealing,
}: Omit<SettingsChange, 'generation'>): SettingsInput {
  const { mode, gasPrice } = fees;
  return {
    gasLimit: BigInt(gasLimit),
    fees: { mode, ...(gasPrice !== undefined && { gasPrice: BigInt(gasPrice) }) },
    token,
    allow: allow as Allowlists,
    ...(sealing && { sealing }),
  };
}

/** What the control plane may ask of a node. Every command is idempotent and is answered with an ack. */
export function listenForCommands(chain: string, modules: CommandModules): () => void {
  const { messaging, proposer, drain, logger } = modules;
  const blockchain = modules.chain;

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
    on(Messages.checkpointPropose, ({ status }) => {
      if (proposer === undefined) return 'ANCHORING_DISABLED';
      return status === 'sleeping' ? proposer.proposeSleep() : proposer.propose();
    }),
    on(Messages.settingsChange, async ({ generation, ...settings }) => {
      const { fromBlock } = await blockchain.changeSettings(settingsInput(settings), generation);
      messaging.publish(Messages.settingsChanged, chain, { generation, fromBlock });
      return undefined;
    }),
    on(Messages.limitsChange, ({ generation, limits }) => {
      modules.limit(limits);
      messaging.publish(Messages.limitsChanged, chain, { generation });
      return undefined;
    }),
    on(Messages.nodeDrain, () => {
      drain();
      return undefined;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
