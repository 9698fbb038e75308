import { setTimeout as pause } from 'node:timers/promises';
import { bytesToHex, type Hash } from '@flotilla/common';
import { ChainStalled } from '../client/chain-stalled.js';
import type { JsonRpc } from '../client/json-rpc.js';
import type { Cast } from '../load/accounts.js';
import { signCall } from '../load/sign.js';
import type { SetupStep } from '../workloads/workload.js';

interface Receipt {
  readonly status: string;
}

/** Deploys contracts and hands out tokens; every step must have worked. */
export async function setUp(
  rpc: JsonRpc,
  cast: Cast,
  chainId: number,
  phases: readonly (readonly SetupStep[])[],
): Promise<void> {
  const nonces = new Map<SetupStep['from'], number>();
  for (const steps of phases) {
    const signed = steps.map(({ from, call }) => {
      const nonce = nonces.get(from) ?? 0;
      nonces.set(from, nonce + 1);
      const { privateKey } = from === 'deployer' ? cast.deployer : cast.senders[from];
      return [bytesToHex(signCall(call, { chainId, nonce, privateKey }))];
    });
    const hashes: Hash[] = [];
    for (const part of inParts(signed)) {
      hashes.push(...(await rpc.batch<Hash>('eth_sendRawTransaction', part)));
    }
    for (const part of inParts(hashes)) await allMined(rpc, part);
  }
}

/** No node takes a batch of any length. */
const BATCH = 100;

function inParts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, part) =>
    items.slice(part * BATCH, (part + 1) * BATCH),
  );
}

const MINED_WITHIN_MS = 60_000;

async function allMined(rpc: JsonRpc, hashes: readonly Hash[]): Promise<void> {
  const deadline = performance.now() + MINED_WITHIN_MS;
  for (let left = [...hashes]; left.length > 0; await pause(100)) {
    if (performance.now() > deadline) throw new ChainStalled('the set-up was not mined');
    const receipts = await rpc.batch<Receipt | null>(
      'eth_getTransactionReceipt',
      left.map((hash) => [hash]),
    );
    if (receipts.some((receipt) => receipt !== null && receipt.status !== '0x1')) {
      throw new Error('a set-up transaction failed');
    }
    left = left.filter((_, i) => receipts[i] === null);
  }
}
