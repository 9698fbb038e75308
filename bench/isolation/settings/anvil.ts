import { createCast, SENDERS } from '../../load/accounts.js';
import { anvil } from '../../peers/anvil.js';
import type { Channel } from '../channel.js';
import { nextChainId } from './chain-ids.js';
import type { Setting } from './setting.js';

async function startAnvil({ traces }: Pick<Channel, 'traces'>) {
  const chainId = nextChainId();
  const chain = await anvil.start({ chainId, cast: createCast(SENDERS), keepsSteps: traces });
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
  start: async (channel) => {
    const { chain, pid, stop } = await startAnvil(channel);
    return { quiet: chain, attacked: chain, pids: () => ({ attacked: pid }), close: stop };
  },
};

export const anvilEach: Setting = {
  name: 'anvil-each',
  title: 'an anvil each, no limits',
  rpcOnly: true,
  start: async (channel) => {
    const [quiet, attacked] = [await startAnvil(channel), await startAnvil(channel)];
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
