import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@flotilla/common';
import { ChainNode, devAlloc, parseNodeConfig } from '@flotilla/node';
import { spawnInProcess } from '../../libs/node/src/testing/in-process-threads.js';

const fail = (error: unknown) => {
  throw error;
};

/** A development chain's node in this process, on a folder of its own. */
export class LocalNode {
  private constructor(
    private readonly node: ChainNode,
    private readonly folder: string,
  ) {}

  static async start(chainId: number): Promise<LocalNode> {
    const folder = mkdtempSync(join(tmpdir(), 'flotilla-conformance-'));
    const alloc = Object.entries(devAlloc()).map(([address, { balance }]) => [
      address,
      { balance: balance.toString() },
    ]);
    const config = parseNodeConfig({
      role: 'micro',
      name: 'conformance',
      chain: {
        chainId,
        name: 'conformance',
        profile: 'dev',
        fees: { mode: 'eip1559', gasPrice: '1000000000' },
        alloc: Object.fromEntries(alloc),
      },
    });
    const node = await ChainNode.open(
      { folder, config, clientVersion: 'flotilla/test' },
      {
        clock: systemClock,
        random: systemRandom,
        logger: { ...silentLogger, error: (message, fields) => console.error(message, fields) },
        spawnThread: spawnInProcess,
        onDeposed: () => {},
        onThreadLost: fail,
        onFatal: fail,
      },
    );
    await node.start();
    return new LocalNode(node, folder);
  }

  get rpcUrl(): string {
    return this.node.rpcUrl;
  }

  async stop(): Promise<void> {
    await this.node.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
