import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * RFC 9110, section 15.5.9: a client whose request is on its way may send it again, since nobody has looked at it. Of a
 * connection that just closes it can't tell.
 */
const FAREWELL = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';
/** How long a client may take to let go of a connection that was left, in milliseconds. */
const LET_GO_MS = 250;

/** The connections of an HTTP server, and how to leave them without losing a request that is on its way. */
export class HttpConnections {
  /** With the number of requests that are being served on each. */
  readonly #open = new Map<Socket, number>();
  readonly #left = new WeakSet<Socket>();
  #isLeaving = false;

  opened(socket: Socket): void {
    this.#open.set(socket, 0);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** It speaks no HTTP any more. */
  upgraded(socket: Socket): void {
    this.#open.delete(socket);
  }

  /** False when the connection was left already, which tells the client that the request is not served. */
  began(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    if (this.#left.has(socket)) {
      request.resume();
      return false;
    }
    this.#change(socket, 1);
    response.once('close', () => this.#change(socket, -1));
    return true;
  }

  /** Leaves the connections on which nothing is asked, and each of the others once it is answered. */
  leave(): void {
    this.#isLeaving = true;
    for (const [socket, serving] of this.#open) if (serving === 0) this.#leave(socket);
  }

  #leave(socket: Socket): void {
    if (!socket.writable) return;
    this.#open.delete(socket);
    this.#left.add(socket);
    socket.end(FAREWELL);
    const giveUp = setTimeout(() => socket.destroy(), LET_GO_MS);
    socket.once('close', () => clearTimeout(giveUp));
  }

  #change(socket: Socket, by: 1 | -1): void {
    const serving = this.#open.get(socket);
    if (serving === undefined) return;
    this.#open.set(socket, serving + by);
    if (this.#isLeaving && serving + by === 0) this.#leave(socket);
  }
}
