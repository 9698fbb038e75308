import { createConnection, type Socket } from 'node:net';
import type { Aim, Channel, Flood, Outcome, Target } from '../channel.js';

/** A head that never ends comes a line at a time, so often. */
const DRIP_MS = 1_000;
/** A server that refuses a connection does so at once. */
const VERDICT_MS = 1_000;
const HELD: Outcome = { kind: 'served', reason: '' };
/** Who does not read, or never ends to ask, can be told nothing. */
const CUT_OFF: Outcome = { kind: 'refused', reason: 'cut off' };

/** Connections that stay: some silent after a request, some that never finish one, some that never read an answer. */
export const sockets: Channel = {
  name: 'sockets',
  title: 'Open sockets, slow clients',
  overRpc: true,
  rate: 60,
  arm: async (target) => new SocketFlood(target),
};

/** What a slow client has sent, and what it never ends to send. */
const MANNERS: readonly ((url: URL) => string)[] = [
  // Asks, and stays.
  (url) => request(url, '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'),
  // Never says all of what it announces.
  (url) => `${head(url, 1_000)}{"jsonrpc":"2.0",`,
  // Asks for much, again and again, and reads nothing.
  (url) =>
    request(
      url,
      '{"jsonrpc":"2.0","id":1,"method":"eth_getBlockReceipts","params":["0x1"]}',
    ).repeat(20),
];

function head(url: URL, length: number): string {
  return `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
}

const request = (url: URL, body: string) => `${head(url, body.length)}${body}`;

class SocketFlood implements Flood {
  readonly #urls: Readonly<Record<Aim, URL>>;
  readonly #open = new Set<Socket>();
  readonly #drip: NodeJS.Timeout;

  constructor({ url, sink }: Target) {
    this.#urls = { chain: new URL(url), sink: new URL(sink.httpUrl) };
    this.#drip = setInterval(() => {
      for (const socket of this.#open) if (socket.writable && slow.has(socket)) socket.write(' ');
    }, DRIP_MS);
  }

  strike(n: number, aim: Aim): Promise<readonly Outcome[]> {
    const url = this.#urls[aim];
    const manner = n % MANNERS.length;
    const socket = createConnection(Number(url.port), url.hostname);
    this.#open.add(socket);
    if (manner === 1) slow.add(socket);
    socket.once('connect', () => {
      socket.write(MANNERS[manner](url));
      if (manner === 2) socket.pause();
    });
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => resolve([outcome]);
      const timer = setTimeout(() => settle(HELD), VERDICT_MS);
      let answer = '';
      socket.on('data', (chunk) => {
        answer = `${answer}${chunk.toString('latin1', 0, 100)}`.slice(0, 100);
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
        if (status >= 400) settle({ kind: 'refused', reason: `HTTP ${status}` });
      });
      socket.on('error', () => settle(CUT_OFF));
      socket.on('close', () => {
        clearTimeout(timer);
        this.#open.delete(socket);
        settle(CUT_OFF);
      });
    });
  }

  async restore(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#open.clear();
  }

  async close(): Promise<void> {
    clearInterval(this.#drip);
    await this.restore();
  }
}

const slow = new WeakSet<Socket>();
