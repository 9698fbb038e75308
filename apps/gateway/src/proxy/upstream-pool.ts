import {
  type Agent,
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** One keep-alive agent per chain, so that a slow chain's sockets never hold up another's. */
export class UpstreamPool {
  readonly #agents = new Map<string, Agent>();

  constructor(private readonly maxSocketsPerChain: number) {}

  request(chain: string, url: string, options: RequestOptions): ClientRequest {
    const secure = url.startsWith('https:');
    const send = secure ? httpsRequest : httpRequest;
    return send(url, { ...options, agent: options.agent ?? this.#agent(chain, secure) });
  }

  /** Cuts what is under way to the chain: whoever should answer has lost the right to, and may never do it. */
  cut(chain: string): void {
    for (const secure of [false, true]) this.#agents.get(`${chain} ${secure}`)?.destroy();
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #agent(chain: string, secure: boolean): Agent {
    const key = `${chain} ${secure}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      const options = { keepAlive: true, maxSockets: this.maxSocketsPerChain, maxFreeSockets: 64 };
      agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
      this.#agents.set(key, agent);
    }
    return agent;
  }
}
