import type { DevControls, Sealer } from '@flotilla/chain';
import { limitExceeded } from '../../errors.js';
import type { RpcMethod } from '../../method.js';
import { malformed, method, optional, type Parser } from '../../params/parser.js';
import { address, field, fields, flag, hash } from '../../params/values.js';
import { bothFamilies, named } from './named.js';
import { amount, number } from './values.js';

const MAX_BLOCKS = 1_000_000;
const MAX_INTERVAL_MS = 2 ** 31 - 1;

export type SealingControls = Pick<Sealer, 'automine' | 'setAutomine' | 'setInterval'>;

interface EvmMine {
  readonly timestamp?: number;
  readonly blocks: number;
}

/** `evm_mine` takes a timestamp, or anvil's object. */
const evmMine: Parser<EvmMine> = (value) => {
  if (typeof value !== 'object') return { blocks: 1, timestamp: later(number(value)) };
  const object = fields(value);
  const timestamp = field(object, 'timestamp', number);
  return { blocks: field(object, 'blocks', number) ?? 1, timestamp: timestamp && later(timestamp) };
};

/** Hardhat takes 0 for "not given". */
function later(timestamp: number): number | undefined {
  return timestamp === 0 ? undefined : timestamp;
}

/** An interval in milliseconds; of Hardhat's ranges the beginning. */
const milliseconds: Parser<number> = (value) => {
  const parsed = number(Array.isArray(value) ? value[0] : value);
  if (parsed > MAX_INTERVAL_MS) throw malformed('interval too long');
  return parsed;
};

/** When blocks are made, and what they start from. */
export function miningMethods(dev: DevControls, sealing: SealingControls): RpcMethod[] {
  const mine = (options: Parameters<DevControls['mine']>[0]) => {
    if (options.blocks > MAX_BLOCKS) throw limitExceeded(`limit exceeded: ${MAX_BLOCKS} blocks`);
    return dev.mine(options);
  };
  return [
    ...named(['evm_mine'], (name) =>
      method(name, [optional(evmMine, { blocks: 1 })], async ([options]) => {
        await mine(options);
        return '0x0';
      }),
    ),
    ...named(bothFamilies('mine'), (name) =>
      method(name, [optional(number, 1), optional(number)], async ([blocks, spacing]) => {
        await mine({ blocks, spacing });
        return true;
      }),
    ),
    ...named(['evm_setAutomine', ...bothFamilies('setAutomine')], (name) =>
      method(name, [flag], ([isOn]) => {
        sealing.setAutomine(isOn);
        return true;
      }),
    ),
    ...named(['evm_getAutomine', ...bothFamilies('getAutomine')], (name) =>
      method(name, [], () => sealing.automine),
    ),
    ...named(['evm_setIntervalMining', 'hardhat_setIntervalMining'], (name) =>
      method(name, [milliseconds], ([ms]) => {
        sealing.setInterval(ms);
        return true;
      }),
    ),
    // anvil's own name for it counts in seconds, and turns automine off.
    method('anvil_setIntervalMining', [number], ([seconds]) => {
      sealing.setAutomine(seconds === 0);
      sealing.setInterval(Math.min(1000 * seconds, MAX_INTERVAL_MS));
      return null;
    }),
    ...named(bothFamilies('setCoinbase'), (name) =>
      method(name, [address], ([coinbase]) => {
        dev.setNextBlock({ coinbase });
        return true;
      }),
    ),
    ...named(bothFamilies('setNextBlockBaseFeePerGas'), (name) =>
      method(name, [amount], ([baseFee]) => {
        dev.setNextBlock({ baseFee });
        return true;
      }),
    ),
    method('evm_setBlockGasLimit', [amount], async ([gasLimit]) => {
      await dev.setGasLimit(gasLimit);
      return true;
    }),
    ...named(bothFamilies('setPrevRandao'), (name) =>
      method(name, [hash], ([prevRandao]) => {
        dev.setNextBlock({ prevRandao });
        return true;
      }),
    ),
  ];
}
