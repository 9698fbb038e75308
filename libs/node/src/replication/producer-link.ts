import { Agent, request as httpRequest } from 'node:http';
import { NodeError, NodeErrorCode } from '../errors.js';

export interface Exchange {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** HTTP to the producer over connections that stay open. */
export class ProducerLink {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** @throws NodeError `PRODUCER_AWAY` */
  post({ url, body, headers, timeoutMs, signal }: Exchange): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const away = (cause?: unknown) =>
        reject(
          new NodeError(NodeErrorCode.ProducerAway, 'the producer does not answer', {
            cause,
            retryable: true,
          }),
        );
      const sent = httpRequest(
        url,
        {
          method: 'POST',
          agent: this.#agent,
          timeout: timeoutMs,
          ...(signal && { signal }),
          headers: { 'content-type': 'application/json', ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_ANSWER_BYTES) response.destroy();
            else chunks.push(chunk);
          });
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          );
          response.on('error', away);
          response.on('close', () => away());
        },
      );
      sent.on('timeout', () => sent.destroy());
      sent.on('error', away);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
