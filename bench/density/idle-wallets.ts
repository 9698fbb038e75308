import { setTimeout as pause } from 'node:timers/promises';
import { JsonRpcProvider } from 'ethers';
import type { Fleet } from './fleet.js';

/** Of a wallet that waits for blocks; ethers' own default. */
const POLL_MS = 4_000;
const IDLE_SECONDS = 15;
const PATIENCE_MS = 90_000;
/** How long it must stay asleep under all those eyes. */
const WATCHED_MS = 20_000;

export interface IdleWalletsReport {
  readonly wallets: number;
  /** Seconds until the chain slept. Undefined: it never did. */
  readonly asleepAfter: number | undefined;
  /** Still asleep after all wallets had asked several times more. */
  readonly stayedAsleep: boolean;
}

/** Many wallets that look for new blocks and do nothing else must not keep a chain awake. */
export async function watchWithIdleWallets(
  fleet: Fleet,
  wallets: number,
): Promise<IdleWalletsReport> {
  const { name, chainId } = await fleet.create('watched', {
    sleep: { afterSeconds: IDLE_SECONDS },
  });
  const providers = Array.from({ length: wallets }, () => {
    const provider = new JsonRpcProvider(fleet.stack.rpcUrl(name), chainId, {
      staticNetwork: true,
    });
    provider.pollingInterval = POLL_MS;
    void provider.on('block', () => {});
    return provider;
  });
  try {
    const startedAt = Date.now();
    while ((await fleet.phaseOf(name)) !== 'Sleeping') {
      if (Date.now() - startedAt > PATIENCE_MS) {
        return { wallets, asleepAfter: undefined, stayedAsleep: false };
      }
      await pause(500);
    }
    const asleepAfter = (Date.now() - startedAt) / 1_000;
    await pause(WATCHED_MS);
    return { wallets, asleepAfter, stayedAsleep: (await fleet.phaseOf(name)) === 'Sleeping' };
  } finally {
    for (const provider of providers) provider.destroy();
  }
}
