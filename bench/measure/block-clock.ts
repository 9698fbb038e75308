import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface ArrivedBlock {
  readonly number: number;
  /** In `performance.now()`'s milliseconds. */
  readonly arrivedAt: number;
}

/** When each block's announcement arrived, by WebSocket. */
export class BlockClock {
  readonly blocks: ArrivedBlock[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const arrivedAt = performance.now();
      const { method, params } = JSON.parse(data.toString());
      if (method !== 'eth_subscription') return;
      this.blocks.push({ number: Number(params.result.number), arrivedAt });
    });
  }

  static async start(url: URL): Promise<BlockClock> {
    const socket = new WebSocket(url.href.replace('http', 'ws'));
    await once(socket, 'open');
    const clock = new BlockClock(socket);
    socket.send('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}');
    return clock;
  }

  /** Times between the blocks that arrived in a window. */
  intervals(from: number, to: number): number[] {
    const within = this.blocks.filter(({ arrivedAt }) => arrivedAt >= from && arrivedAt <= to);
    return within.slice(1).map(({ arrivedAt }, i) => arrivedAt - within[i].arrivedAt);
  }

  stop(): void {
    this.socket.close();
  }
}
