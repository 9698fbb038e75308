import { createConnection, type Socket } from 'node:net';
import { ChainStalled } from './chain-stalled.js';
import { type HttpResponse, HttpResponseReader } from './http-response.js';

/** An HTTP request as the bytes that go over the wire. */
export function serializeRequest(url: URL, body: string): Buffer {
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}

/** One keep-alive connection with one request in flight. */
export class Connection {
  readonly #reader = new HttpResponseReader();
  #waiting:
    | { resolve: (response: HttpResponse) => void; reject: (error: Error) => void }
    | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      const response = this.#reader.push(chunk);
      if (response !== undefined) this.#waiting?.resolve(response);
    });
    socket.on('error', (cause) => this.#lost(cause));
    socket.on('close', () => this.#lost());
  }

  static open(url: URL): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(Number(url.port), url.hostname);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.removeListener('error', reject);
        resolve(new Connection(socket));
      });
    });
  }

  /** False once either side has closed it. */
  get isOpen(): boolean {
    return this.socket.writable;
  }

  send(request: Buffer): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #lost(cause?: Error): void {
    this.#waiting?.reject(new ChainStalled('connection closed by the server', { cause }));
  }
}
