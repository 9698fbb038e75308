import { crc32 } from 'node:zlib';
import type { ForkConfig, ForkConfigs } from '@flotilla/chain';
import { bigIntToBytes, concatBytes, type Hash, hexToBytes } from '@flotilla/common';
import { quantity } from './quantity.js';

/** EIP-7910. */
export function formatForkConfigs(
  { current, next, last }: ForkConfigs,
  chain: { readonly chainId: number; readonly genesisHash: Hash },
): Record<string, unknown> {
  const format = (config: ForkConfig | undefined) =>
    config && {
      activationTime: config.activationTime,
      blobSchedule: config.blobSchedule,
      chainId: quantity(chain.chainId),
      forkId: forkHash(chain.genesisHash, config),
      precompiles: config.precompiles,
      systemContracts: config.systemContracts,
    };
  return { current: format(current), next: format(next) ?? null, last: format(last) ?? null };
}

/** EIP-6122: CRC-32 over the genesis hash and the forks' times. */
function forkHash(genesisHash: Hash, { forkTimes }: ForkConfig): string {
  const times = forkTimes.map((time) => bigIntToBytes(BigInt(time), 8));
  const hash = crc32(concatBytes(hexToBytes(genesisHash), ...times));
  return `0x${hash.toString(16).padStart(8, '0')}`;
}
