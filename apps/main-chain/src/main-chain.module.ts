import { type Logger, systemClock, systemRandom } from '@flotilla/common';
import { rootGenesisAlloc } from '@flotilla/contracts';
import { ChainNode, clientVersion, devAlloc, ExitCode, type NodeConfig } from '@flotilla/node';
import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

export interface MainChainOptions {
  readonly folder: string;
  readonly config: NodeConfig;
  readonly logger: Logger;
}

/** The same engine as every micro chain, with the root's contracts in genesis. Gives the node its lifecycle; nothing that it does passes through Nest. */
@Module({})
export class MainChainModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly node: ChainNode) {}

  static with({ folder, config, logger }: MainChainOptions): DynamicModule {
    return {
      module: MainChainModule,
      providers: [
        {
          provide: ChainNode,
          useFactory: () =>
            ChainNode.open(
              {
                folder,
                config: withDevAccounts(config),
                predeploys: rootGenesisAlloc(),
                clientVersion: clientVersion('flotilla-root'),
              },
              {
                clock: systemClock,
                random: systemRandom,
                logger,
                onFatal: (error) => {
                  logger.error('storage failed, only a restart is safe', { error: String(error) });
                  process.exit(ExitCode.FatalStorage);
                },
              },
            ),
        },
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.node.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.node.stop();
  }
}

/** In the dev profile everybody's accounts are funded here, too; what the configuration says comes on top. */
function withDevAccounts(config: NodeConfig): NodeConfig {
  if (config.chain.profile !== 'dev') return config;
  return { ...config, chain: { ...config.chain, alloc: { ...devAlloc(), ...config.chain.alloc } } };
}
