import { createBoundedLogger, NestLogger, stopOnSignal } from '@flotilla/platform';
import { NestFactory } from '@nestjs/core';
import type { ChainNodeOptions } from '../chain-node.js';
import { loadNodeConfig } from '../config/load-node-config.js';
import type { NodeConfig } from '../config/node-config.schema.js';
import { ExitCode, errorFields } from '../errors.js';
import { loadNodeLimits } from '../limits/limits-file.js';
import { armConfiguredFailpoint } from './arm-failpoint.js';
import {
  clientVersion,
  exitCodeOf,
  explainEnd,
  nodeUsage,
  parseNodeArguments,
} from './command-line.js';
import { NodeModule } from './node.module.js';
import { becomeAssigned } from './warm-start.js';

export interface NodeProgram {
  /** What the program is called on the command line. */
  readonly command: string;
  /** What it runs, for `--help`. */
  readonly what: string;
  /** Name in `web3_clientVersion`. */
  readonly client: string;
  /** What this kind of node adds to its configuration. */
  readonly genesis?: (
    config: NodeConfig,
  ) => Partial<Pick<ChainNodeOptions, 'config' | 'predeploys'>>;
}

/** The whole life of a node's process: arguments, start, signals, exit code. */
export async function runNode(program: NodeProgram): Promise<void> {
  let dataFolder = '';
  try {
    const { help, folder: named, warm } = parseNodeArguments(process.argv.slice(2));
    if (help) {
      process.stdout.write(nodeUsage(program.command, program.what));
      process.exit(ExitCode.Clean);
    }
    const { folder, spawnThread } = warm ? await becomeAssigned() : { folder: named };
    dataFolder = folder;
    const config = loadNodeConfig(folder);
    armConfiguredFailpoint(config);
    const limits = loadNodeLimits(folder);
    const { logger, budget: logBudget } = createBoundedLogger(
      config.name,
      config.logLevel,
      limits?.logKbPerSecond ?? null,
    );
    process.on('unhandledRejection', (reason) => {
      logger.error('unhandled rejection', errorFields(reason));
      process.exit(ExitCode.Crash);
    });
    const options = {
      ...{ folder, config, limits, clientVersion: clientVersion(program.client) },
      ...program.genesis?.(config),
    };
    const app = await NestFactory.createApplicationContext(
      NodeModule.with(options, { logger, logBudget, spawnThread }),
      {
        logger: new NestLogger(logger),
        abortOnError: false,
      },
    );
    stopOnSignal(logger, () => app.close());
  } catch (error) {
    process.stderr.write(explainEnd(program.command, dataFolder, error));
    process.exit(exitCodeOf(error));
  }
}
