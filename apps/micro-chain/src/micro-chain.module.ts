import { type Logger, systemClock, systemRandom } from '@flotilla/common';
import { ChainNode, clientVersion, ExitCode, type NodeConfig } from '@flotilla/node';
import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';

export interface MicroChainOptions {
  readonly folder: string;
  readonly config: NodeConfig;
  readonly logger: Logger;
}

/** Gives the node its lifecycle; nothing that it does passes through Nest. */
@Module({})
export class MicroChainModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly node: ChainNode) {}

  static with({ folder, config, logger }: MicroChainOptions): DynamicModule {
    return {
      module: MicroChainModule,
      providers: [
        {
          provide: ChainNode,
          useFactory: () =>
            ChainNode.open(
              { folder, config, clientVersion: clientVersion('flotilla') },
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
