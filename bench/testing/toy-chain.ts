import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Hex, keccak256OfHex } from '@flotilla/common';
import type { RunningChain } from '../peers/peer.js';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly string[];
}

/** What a load is sent to in tests: takes everything, and puts all of it into a block every so many milliseconds. */
export class ToyChain implements RunningChain {
  readonly chainPid = process.pid;
  readonly #blocks: Hex[][] = [[]];
  #pooled: Hex[] = [];
  /** The most that were pooled at once. */
  mostPooled = 0;
  #isSilent = false;
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;

  private constructor(intervalMs: number) {
    this.#server = createServer(async (request, response) => {
      const body: Call | Call[] = JSON.parse(await textOf(request));
      if (this.#isSilent) return;
      const answer = Array.isArray(body)
        ? body.map((call) => this.#answer(call))
        : this.#answer(body);
      response.end(JSON.stringify(answer));
    });
    this.#timer = setInterval(() => {
      this.#blocks.push(this.#pooled);
      this.#pooled = [];
    }, intervalMs);
  }

  static async start(intervalMs: number): Promise<ToyChain> {
    const chain = new ToyChain(intervalMs);
    await new Promise<void>((resolve) => chain.#server.listen(0, '127.0.0.1', resolve));
    return chain;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
  }

  pids(): number[] {
    return [process.pid];
  }

  stopMining(): void {
    clearInterval(this.#timer);
  }

  stopAnswering(): void {
    this.#isSilent = true;
  }

  async stop(): Promise<void> {
    this.stopMining();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer({ id, method, params }: Call): unknown {
    return { jsonrpc: '2.0', id, result: this.#result(method, params[0]) };
  }

  #result(method: string, param: string): unknown {
    switch (method) {
      case 'eth_blockNumber':
        return `0x${(this.#blocks.length - 1).toString(16)}`;
      case 'eth_getBlockTransactionCountByNumber':
        return `0x${this.#blocks[Number(param)].length.toString(16)}`;
      case 'eth_getBlockReceipts':
        return this.#blocks[Number(param)].map((raw) => ({
          transactionHash: keccak256OfHex(raw),
          status: '0x1',
          gasUsed: '0x5208',
        }));
      default:
        this.mostPooled = Math.max(this.mostPooled, this.#pooled.push(param as Hex));
        return keccak256OfHex(param as Hex);
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
