import { JsonRpc } from '../../client/json-rpc.js';
import { createCast, SENDERS } from '../../load/accounts.js';
import { sharedStack, startFlotillaChain } from '../../peers/flotilla.js';
import { nextChainId } from './chain-ids.js';
import type { Scene, Setting } from './setting.js';

export const ANCHOR_EVERY_SECONDS = 10;
/** What a chain gets that asks for nothing. */
const ORDINARY = { size: 'small', gasLimit: 30_000_000 };

interface Header {
  readonly timestamp: string;
}

/** The attacker is a tenant like any other, and not the quiet chain's. */
async function tenantKey(): Promise<string> {
  const stack = await sharedStack();
  const request = { role: 'tenant', tenant: 'attacker', label: 'isolation bench' };
  const { body } = await stack.api<{ readonly key: string }>('POST', '/keys', request);
  return body.key;
}

/** Two chains of the default size, behind one gateway. */
export const flotilla: Setting = {
  name: 'flotilla',
  title: 'Flotilla',
  rpcOnly: false,
  start: async (): Promise<Scene> => {
    const stack = await sharedStack();
    const cast = createCast(SENDERS);
    const options = () => ({ chainId: nextChainId(), cast });
    const [quietOptions, attackedOptions] = [options(), options()];
    const quiet = await startFlotillaChain('gateway', quietOptions, {
      ...ORDINARY,
      checkpoint: { everyBlocks: ANCHOR_EVERY_SECONDS, everySeconds: ANCHOR_EVERY_SECONDS },
    });
    const key = await tenantKey();
    const attacked = await startFlotillaChain('gateway', attackedOptions, ORDINARY, key);
    const rpc = new JsonRpc(quiet.url);
    const timestampOf = async (tag: string) =>
      Number((await rpc.call<Header>('eth_getBlockByNumber', tag, false)).timestamp);
    return {
      quiet: { url: quiet.url.href, chainId: quietOptions.chainId },
      attacked: { url: attacked.url.href, chainId: attackedOptions.chainId },
      product: {
        apiUrl: stack.run.apiUrl,
        key,
        gatewayUrl: stack.run.gatewayUrl,
        folder: attacked.folder,
        chainName: attacked.chainName,
      },
      anchorLag: async () => (await timestampOf('latest')) - (await timestampOf('safe')),
      pids: () => ({
        quiet: quiet.chainPid,
        // It may have been killed and started again.
        attacked: stack.chainPid(attacked.chainName),
        ...Object.fromEntries(stack.run.processes.map(({ name, pid }) => [name, pid])),
      }),
      close: async () => {
        await Promise.all([quiet.stop(), attacked.stop()]);
      },
    };
  },
};
