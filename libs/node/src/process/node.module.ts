import { type Logger, systemClock, systemRandom } from '@flotilla/common';
import type { LogBudget } from '@flotilla/platform';
import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ChainNode, type ChainNodeOptions } from '../chain-node.js';
import { ExitCode } from '../errors.js';
import type { SpawnThread } from '../threads/thread.js';
import { lowerPriority, NICE } from '../threads/thread-priority.js';
import { spawnWorkerThread } from '../threads/worker-threads.js';

/** Gives the node its lifecycle; nothing that it does passes through Nest. */
@Module({})
export class NodeModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly node: ChainNode) {}

  static with(
    options: ChainNodeOptions,
    {
      logger,
      logBudget,
      spawnThread = spawnWorkerThread,
    }: {
      readonly logger: Logger;
      readonly logBudget: LogBudget;
      readonly spawnThread: SpawnThread | undefined;
    },
  ): DynamicModule {
    const onFatal = (error: unknown) => {
      logger.error('storage failed, only a restart is safe', { error: String(error) });
      process.exit(ExitCode.FatalStorage);
    };
    const onThreadLost = (error: Error) => {
      logger.error('the ingress thread failed', { error: error.stack ?? String(error) });
      process.exit(ExitCode.Crash);
    };
    const onDeposed = (why: string) => {
      logger.warn('this instance may not go on', { why });
      process.exit(ExitCode.Deposed);
    };
    return {
      module: NodeModule,
      providers: [
        {
          provide: ChainNode,
          useFactory: () =>
            ChainNode.open(options, {
              clock: systemClock,
              random: systemRandom,
              logger,
              logBudget,
              onFatal,
              spawnThread,
              onThreadLost,
              onDeposed,
            }),
        },
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.node.start();
    // Only now: a thread inherits the priority of the one that starts it, and the ingress thread keeps its own.
    lowerPriority(NICE.writer);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.node.stop();
  }
}
