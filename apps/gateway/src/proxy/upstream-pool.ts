import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';

export interface UpstreamRequest {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | Readable | null;
}

/** How long a connection waits for its next request, in milliseconds: less than the chain's own 75 seconds. */
const KEEP_ALIVE_MS = 60_000;

/** One keep-alive agent per chain, so that a slow chain's sockets never hold up another's. */
export class UpstreamPool {
  readonly #agents = new Map<string, Agent>();

  constructor(private readonly maxSocketsPerChain: number) {}

  send(
    chain: string,
    url: string,
    { method, headers, body }: UpstreamRequest,
    handler: Dispatcher.DispatchHandler,
  ): void {
    const { origin, pathname, search } = new URL(url);
    this.#agent(chain).dispatch(
      {
        origin,
        path: pathname + search,
        method,
        // None of those that pass is a number.
        headers: headers as Record<string, string>,
        body,
      },
      handler,
    );
  }

  /** Cuts what is under way to the chain: whoever should answer has lost the right to, and may never do it. */
  cut(chain: string): void {
    void this.#agents.get(chain)?.destroy();
    this.#agents.delete(chain);
  }

  close(): void {
    for (const chain of this.#agents.keys()) this.cut(chain);
  }

  #agent(chain: string): Agent {
    let agent = this.#agents.get(chain);
    if (agent === undefined) {
      agent = new Agent({
        connections: this.maxSocketsPerChain,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
        // The node bounds how long it works, and a client that waits no longer goes away.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      this.#agents.set(chain, agent);
    }
    return agent;
  }
}
