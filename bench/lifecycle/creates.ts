import { signer } from '../../test/sign.js';
import { waitUntil } from '../../test/stack.js';
import type { Fleet } from './fleet.js';

export interface CreateTimes {
  /** From the API call to the answer that the first transaction is mined, in milliseconds. */
  readonly firstTransactionMs: number;
  /** … to the first block, other than genesis, that is `safe`. */
  readonly firstSafeMs: number;
}

const sign = signer(1);
const TO = `0x${'11'.repeat(20)}`;
const SAFE_POLL_MS = 20;

/**
 * Creates a chain as a user does, and sends a transaction to its URL at once: the gateway holds it until it serves.
 * @returns milliseconds from the API call to the answer that the transaction is mined
 */
async function createOne(fleet: Fleet, name: string): Promise<number> {
  const { stack } = fleet;
  const chainId = fleet.drawChainId();
  const { raw, hash } = sign({ chainId, nonce: 0, to: TO, value: 1n });
  const startedAt = performance.now();
  const { status } = await stack.api('POST', '/chains', { name, spec: { chainId } });
  if (status !== 201) throw new Error(`create ${name}: ${status}`);
  await sendUntilTaken(fleet, name, raw);
  const receipt = await stack.rpc(name, 'eth_getTransactionReceipt', [hash]);
  const firstTransactionMs = performance.now() - startedAt;
  if (receipt?.status !== '0x1') throw new Error(`${name}: the transaction is not mined`);
  return firstTransactionMs;
}

async function untilSafe({ stack }: Fleet, name: string): Promise<void> {
  await waitUntil(`${name} is anchored`, 60_000, async () => {
    await new Promise((resolve) => setTimeout(resolve, SAFE_POLL_MS));
    const safe = await stack.rpc(name, 'eth_getBlockByNumber', ['safe', false]);
    return Number(safe.number) > 0;
  });
}

/** On a machine that has too much to do the gateway may give up holding; then a user tries again, on the same clock. */
async function sendUntilTaken({ stack }: Fleet, name: string, raw: string): Promise<void> {
  for (;;) {
    try {
      await stack.rpc(name, 'eth_sendRawTransaction', [raw]);
      return;
    } catch (error) {
      if ((error as { data?: { retryable?: boolean } }).data?.retryable !== true) throw error;
    }
  }
}

/** One after another, each gone before the next. */
export async function createInTurns(fleet: Fleet, count: number): Promise<CreateTimes[]> {
  const times: CreateTimes[] = [];
  for (let i = 0; i < count; i++) {
    await fleet.poolIsFull();
    const name = `turn-${i}`;
    const startedAt = performance.now();
    const firstTransactionMs = await createOne(fleet, name);
    await untilSafe(fleet, name);
    times.push({ firstTransactionMs, firstSafeMs: performance.now() - startedAt });
    await fleet.remove(name);
  }
  return times;
}

/** All at the same time; nobody asks the first ones for more while the others still come. */
export async function createTogether(fleet: Fleet, count: number): Promise<number[]> {
  await fleet.poolIsFull();
  const names = Array.from({ length: count }, (_, i) => `together-${i}`);
  const times = await Promise.all(names.map((name) => createOne(fleet, name)));
  await Promise.all(names.map((name) => fleet.remove(name)));
  return times;
}
