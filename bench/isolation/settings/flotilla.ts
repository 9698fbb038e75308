import { JsonRpc } from '../../client/json-rpc.js';
import { createCast, SENDERS } from '../../load/accounts.js';
import { sharedStack, startFlotillaChain } from '../../peers/flotilla.js';
import { nextChainId } from './chain-ids.js';
import type { Scene, Setting } from './setting.js';

export const ANCHOR_EVERY_SECONDS = 10;
/** An ordinary chain's, not the throughput bench's. */
const GAS_LIMIT = 30_000_000;

interface Header {
  readonly timestamp: string;
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
      gasLimit: GAS_LIMIT,
      checkpoint: { everyBlocks: ANCHOR_EVERY_SECONDS, everySeconds: ANCHOR_EVERY_SECONDS },
    });
    const attacked = await startFlotillaChain('gateway', attackedOptions, { gasLimit: GAS_LIMIT });
    const rpc = new JsonRpc(quiet.url);
    const timestampOf = async (tag: string) =>
      Number((await rpc.call<Header>('eth_getBlockByNumber', tag, false)).timestamp);
    return {
      quiet: { url: quiet.url.href, chainId: quietOptions.chainId },
      attacked: { url: attacked.url.href, chainId: attackedOptions.chainId },
      product: {
        apiUrl: stack.run.apiUrl,
        key: stack.adminKey,
        gatewayUrl: stack.run.gatewayUrl,
        folder: attacked.folder,
        chainName: attacked.chainName,
      },
      anchorLag: async () => (await timestampOf('latest')) - (await timestampOf('safe')),
      close: async () => {
        await Promise.all([quiet.stop(), attacked.stop()]);
      },
    };
  },
};
