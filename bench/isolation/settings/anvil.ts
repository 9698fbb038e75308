import { createCast, SENDERS } from '../../load/accounts.js';
import { anvil } from '../../peers/anvil.js';
import { nextChainId } from './chain-ids.js';
import type { Setting } from './setting.js';

async function startAnvil() {
  const chainId = nextChainId();
  const chain = await anvil.start({ chainId, cast: createCast(SENDERS) });
  return {
    chain: { url: chain.url.href, chainId },
    pid: chain.chainPid,
    stop: () => chain.stop(),
  };
}

export const monolith: Setting = {
  name: 'monolith',
  title: 'both dApps on one anvil',
  rpcOnly: true,
  start: async () => {
    const { chain, pid, stop } = await startAnvil();
    return { quiet: chain, attacked: chain, pids: () => ({ attacked: pid }), close: stop };
  },
};

export const anvilEach: Setting = {
  name: 'anvil-each',
  title: 'an anvil each, no limits',
  rpcOnly: true,
  start: async () => {
    const [quiet, attacked] = [await startAnvil(), await startAnvil()];
    return {
      quiet: quiet.chain,
      attacked: attacked.chain,
      pids: () => ({ quiet: quiet.pid, attacked: attacked.pid }),
      close: async () => {
        await Promise.all([quiet.stop(), attacked.stop()]);
      },
    };
  },
};
