import 'reflect-metadata';
import { rootGenesisAlloc } from '@flotilla/contracts';
import { devAlloc, type NodeConfig, runNode } from '@flotilla/node';

/** In the dev profile everybody's accounts are funded here, too; what the configuration says comes on top. */
function withDevAccounts(config: NodeConfig): NodeConfig {
  if (config.chain.profile !== 'dev') return config;
  return { ...config, chain: { ...config.chain, alloc: { ...devAlloc(), ...config.chain.alloc } } };
}

await runNode({
  command: 'main-chain',
  what: 'the root chain: the same engine as every micro chain, with our contracts in genesis',
  client: 'flotilla-root',
  genesis: (config) => ({ config: withDevAccounts(config), predeploys: rootGenesisAlloc() }),
});
