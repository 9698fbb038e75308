import type { Address, Hash, Hex } from '@flotilla/common';
import type { BlockEnv } from '@flotilla/evm';
import { CONSTANT_FIELDS, encodeExtraData, mixHashOf } from '../block/header.js';
import type { Header, HeaderFields } from '../block/types.js';
import { nextBaseFee } from '../fees/base-fee.js';
import type { SettingsSchedule } from '../settings/settings-schedule.js';

/** What of a header is known before its transactions are executed. */
export interface BlockTemplate {
  readonly parentHash: Hash;
  readonly coinbase: Address;
  readonly number: number;
  readonly gasLimit: bigint;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  readonly extraData: Hex;
  readonly mixHash: Hash;
  readonly baseFeePerGas: bigint;
}

/** What makes one chain's templates differ from another's. */
export interface TemplateSource {
  readonly coinbase: Address;
  readonly schedule: SettingsSchedule;
}

/** The next block of a chain. */
export function templateAfter(
  parent: Header,
  { coinbase, schedule }: TemplateSource,
  producer: { readonly epoch: number; readonly nowSeconds: number },
): BlockTemplate {
  const number = parent.number + 1;
  return {
    parentHash: parent.hash,
    coinbase,
    number,
    gasLimit: schedule.at(number).settings.gasLimit,
    timestamp: Math.max(producer.nowSeconds, parent.timestamp),
    extraData: encodeExtraData(producer.epoch),
    mixHash: mixHashOf(parent.hash, number),
    baseFeePerGas: nextBaseFee(parent, schedule),
  };
}

/** EIP-4844 with no excess: the least there is. */
const BLOB_BASE_FEE = 1n;

/** What the opcodes see of the block. `blockHash` finds ancestors by number. */
export function blockEnv(
  template: Omit<BlockTemplate, 'parentHash' | 'extraData'>,
  chainId: number,
  blockHash: (number: number) => Hash | undefined,
): BlockEnv {
  return {
    number: BigInt(template.number),
    timestamp: BigInt(template.timestamp),
    coinbase: template.coinbase,
    gasLimit: template.gasLimit,
    baseFee: template.baseFeePerGas,
    prevRandao: template.mixHash,
    blobBaseFee: BLOB_BASE_FEE,
    chainId: BigInt(chainId),
    blockHash: (number) => blockHash(Number(number)),
  };
}

/** What execution adds. */
export type ExecutedFields = Pick<
  HeaderFields,
  'stateRoot' | 'transactionsRoot' | 'receiptsRoot' | 'logsBloom' | 'gasUsed' | 'requestsHash'
>;

export function completeHeader(template: BlockTemplate, executed: ExecutedFields): HeaderFields {
  return { ...CONSTANT_FIELDS, ...template, ...executed };
}
