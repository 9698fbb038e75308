import { join } from 'node:path';
import { freePort } from '@flotilla/testing';
import { signer } from '../../test/sign.js';
import { repositoryRoot } from '../../test/stack.js';
import { JsonRpc } from '../client/json-rpc.js';
import { startExternal } from '../peers/external-process.js';

const CHAIN_ID = 31_337;
const MINED_MS = 10_000;
const POLL_MS = 2;

/** What starting a chain of one's own by hand takes: from the command to the first mined transaction, in milliseconds. */
export async function startAnvils(count: number): Promise<number[]> {
  const { raw, hash } = signer(1)({
    chainId: CHAIN_ID,
    nonce: 0,
    to: `0x${'11'.repeat(20)}`,
    value: 1n,
  });
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const port = await freePort();
    const program = join(repositoryRoot, 'node_modules/@foundry-rs/anvil/bin.mjs');
    const startedAt = performance.now();
    const options = ['--quiet', '--port', String(port), '--base-fee', '0', '--no-priority-fee'];
    const chain = await startExternal({ cwd: repositoryRoot, port, args: [program, ...options] });
    const rpc = new JsonRpc(chain.url);
    try {
      await rpc.call('eth_sendRawTransaction', raw);
      const { status } = await receiptOf(rpc, hash);
      times.push(performance.now() - startedAt);
      if (status !== '0x1') throw new Error('the transaction failed on anvil');
    } finally {
      await chain.stop();
    }
  }
  return times;
}

/** Anvil answers a send before it has mined. */
async function receiptOf(rpc: JsonRpc, hash: string): Promise<{ status: string }> {
  const deadline = performance.now() + MINED_MS;
  while (performance.now() < deadline) {
    const receipt = await rpc.call<{ status: string } | null>('eth_getTransactionReceipt', hash);
    if (receipt !== null) return receipt;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('anvil did not mine it');
}
