import { type Address, concatBytes } from '@flotilla/common';
import type { FeeConfig, SealingConfig, TokenConfig } from '../config.js';
import { ChainError, ChainErrorCode } from '../errors.js';
import { numberKey, readNumberKey } from '../storage/keys.js';
import type { ChainSettings, ScheduledSettings } from './chain-settings.js';

/** As JSON has it: amounts as decimal text, one spelling per value. */
export interface SettingsRecord {
  readonly generation: number;
  readonly gasLimit: string;
  readonly fees: { readonly mode: FeeConfig['mode']; readonly gasPrice?: string };
  readonly token: TokenConfig;
  readonly allow: {
    readonly deployers?: readonly Address[];
    readonly senders?: readonly Address[];
  };
  readonly sealing?: SealingConfig;
}

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

export function settingsRecord({ generation, settings }: ScheduledSettings): SettingsRecord {
  const { gasLimit, fees, token, allow, sealing } = settings;
  const { mode, gasPrice } = fees;
  const { deployers, senders } = allow;
  return {
    generation,
    gasLimit: gasLimit.toString(),
    fees: { mode, ...(gasPrice !== undefined && { gasPrice: gasPrice.toString() }) },
    token: { name: token.name, symbol: token.symbol, decimals: token.decimals },
    allow: { ...(deployers && { deployers }), ...(senders && { senders }) },
    ...(sealing && { sealing: { mode: sealing.mode, intervalMs: sealing.intervalMs } }),
  };
}

/** The generation, then JSON. */
export function encodeSettings(scheduled: ScheduledSettings): Uint8Array {
  const { generation, ...rest } = settingsRecord(scheduled);
  return concatBytes(numberKey(generation), text.encoder.encode(JSON.stringify(rest)));
}

function generationOf(record: Uint8Array): number {
  return readNumberKey(record.subarray(0, 8));
}

/** @throws ChainError `CORRUPT_CHAIN` */
export function decodeSettings(fromBlock: number, bytes: Uint8Array): ScheduledSettings {
  try {
    const record: Omit<SettingsRecord, 'generation'> = JSON.parse(
      text.decoder.decode(bytes.subarray(8)),
    );
    const { gasLimit, fees, token, allow, sealing } = record;
    const { mode, gasPrice } = fees;
    return {
      fromBlock,
      generation: generationOf(bytes),
      settings: {
        gasLimit: BigInt(gasLimit),
        fees: { mode, ...(gasPrice !== undefined && { gasPrice: BigInt(gasPrice) }) },
        token,
        allow,
        ...(sealing && { sealing }),
      },
    };
  } catch (cause) {
    throw new ChainError(
      ChainErrorCode.CorruptChain,
      `the store is damaged: settings from block ${fromBlock} can't be read`,
      { cause },
    );
  }
}

export function sameSettings(a: ChainSettings, b: ChainSettings): boolean {
  const text = (settings: ChainSettings) =>
    JSON.stringify(settingsRecord({ fromBlock: 0, generation: 0, settings }));
  return text(a) === text(b);
}
