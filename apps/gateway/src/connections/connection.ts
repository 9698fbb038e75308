import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** One client's socket. */
export class Connection {
  chain: string | undefined;
  client: string | undefined;
  #exchanges = 0;
  #current: Exchange | undefined;
  #counted = 0;
  #moved = 0;
  #movedAt: number | undefined;

  constructor(
    readonly socket: Socket,
    readonly address: string,
  ) {}

  /** A WebSocket is, for as long as it lives. */
  get isBusy(): boolean {
    return this.#exchanges > 0;
  }

  /** More than one only of a client that does not wait for its answers. */
  get exchanges(): number {
    return this.#exchanges;
  }

  began(exchange: Exchange): void {
    this.#exchanges++;
    this.#current = exchange;
    this.#movedAt = undefined;
  }

  ended(): void {
    this.#exchanges--;
    if (this.#exchanges === 0) this.#current = undefined;
  }

  /** It carries a WebSocket from now on. */
  upgraded(): void {
    this.#exchanges++;
  }

  /** Bytes in both directions since this was asked last. */
  takeBytes(): number {
    const total = this.#total;
    const fresh = total - this.#counted;
    this.#counted = total;
    return fresh;
  }

  /** Whether we have waited for this client for `stallMs` and it has moved less than `minBytes`. */
  isStalled(now: number, stallMs: number, minBytes: number): boolean {
    if (!this.#isAwaited) {
      this.#movedAt = undefined;
      return false;
    }
    const total = this.#total;
    if (this.#movedAt === undefined || total - this.#moved >= minBytes) {
      this.#moved = total;
      this.#movedAt = now;
      return false;
    }
    return now - this.#movedAt >= stallMs;
  }

  /** It doesn't read what we have for it, or its request is not here in full though we read it. */
  get #isAwaited(): boolean {
    if (this.socket.writableNeedDrain) return true;
    if (this.#current === undefined) return false;
    const { request } = this.#current;
    return !request.complete && request.readableFlowing === true;
  }

  /** A write that the system has not taken yet counts as written there. */
  get #total(): number {
    const { bytesRead, bytesWritten, writableLength } = this.socket;
    return bytesRead + bytesWritten - writableLength;
  }
}
