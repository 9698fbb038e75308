import { once } from 'node:events';
import { WebSocket } from 'ws';

/** When each block's announcement arrived, by WebSocket, in `performance.now()`'s milliseconds. */
export class BlockClock {
  readonly arrivals: number[] = [];

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      const isHead = data.toString().includes('eth_subscription');
      if (isHead) this.arrivals.push(performance.now());
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
    const within = this.arrivals.filter((arrival) => arrival >= from && arrival <= to);
    return within.slice(1).map((arrival, i) => arrival - within[i]);
  }

  stop(): void {
    this.socket.close();
  }
}
