import type { EdgeLimits } from '@flotilla/messaging';
import { type Excess, RateMeter } from './rate-meter.js';
import { RefusalPacer } from './refusal-pacer.js';

/** What no limit of a chain raises: the node's own limit for one request. */
const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** Clients of one chain that have a share of their own; past it the one that was quiet for longest starts anew. */
const MAX_CLIENTS = 4_096;

/** Whether a request's body is here, or is read as it goes to the chain. */
export type Body = 'read' | 'unread';

interface Waiting {
  readonly body: Body;
  readonly letIn: () => void;
}

/** What one chain may have of the gateway, and what it has. Times are milliseconds of one clock. */
export class ChainMeter {
  readonly refusals: RefusalPacer;
  readonly #rates: RateMeter;
  /** By key or address; only while a client's share is less than all. */
  readonly #clients = new Map<string, RateMeter>();
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;
  #unread = 0;

  constructor(
    private current: EdgeLimits,
    now: number,
  ) {
    this.#rates = new RateMeter(current, 1, now);
    this.refusals = new RefusalPacer(now);
  }

  get limits(): EdgeLimits {
    return this.current;
  }

  /** Takes effect for what comes next; what is owed stays owed. */
  resize(limits: EdgeLimits, now: number): void {
    this.current = limits;
    this.#rates.resize(limits, 1, now);
    for (const rates of this.#clients.values()) rates.resize(limits, limits.keyShare ?? 1, now);
    this.#letIn();
  }

  /** Counts one request of that client, or says what it is over. */
  take(client: string, now: number): Excess | undefined {
    return this.#client(client, now)?.take(now) ?? this.#rates.take(now);
  }

  debitBytes(client: string, bytes: number, now: number): void {
    this.#rates.debitBytes(bytes, now);
    this.#client(client, now)?.debitBytes(bytes, now);
  }

  debitMessages(client: string, messages: number, now: number): void {
    this.#rates.debitMessages(messages, now);
    this.#client(client, now)?.debitMessages(messages, now);
  }

  debitCompute(client: string, micros: number, now: number): void {
    this.#rates.debitCompute(micros, now);
    this.#client(client, now)?.debitCompute(micros, now);
  }

  /** What streams have overdrawn, of the chain or the client. */
  excess(client: string, now: number): Excess | undefined {
    return this.#client(client, now)?.excess(now) ?? this.#rates.excess(now);
  }

  /** Of a request's body, and of a WebSocket's message. */
  get maxBodyBytes(): number {
    return Math.min(this.current.bodyBytes ?? MAX_BODY_BYTES, MAX_BODY_BYTES);
  }

  /** How many connections one client may have. */
  get connectionsPerClient(): number {
    const { connections, keyShare } = this.current;
    return Math.ceil((connections ?? Number.POSITIVE_INFINITY) * (keyShare ?? 1));
  }

  /**
   * Takes a place among the requests that the chain works on, or waits for one: true at once, or a promise of true, or
   * of false when `cancelled` came first. `leave` gives it back. Requests whose body is still to come get no more than
   * half of the places: they may be sent as slowly as our patience allows.
   */
  enter(body: Body, cancelled: AbortSignal): true | Promise<boolean> {
    if (this.#hasPlaceFor(body)) {
      this.#take(body);
      return true;
    }
    return new Promise((resolve) => {
      const letIn = () => {
        cancelled.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const waiting = { body, letIn };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve(false);
      };
      cancelled.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(waiting);
    });
  }

  leave(body: Body): void {
    this.#inFlight--;
    if (body === 'unread') this.#unread--;
    this.#letIn();
  }

  #hasPlaceFor(body: Body): boolean {
    const places = this.current.inFlight ?? Number.POSITIVE_INFINITY;
    return this.#inFlight < places && (body === 'read' || this.#unread < Math.ceil(places / 2));
  }

  #take(body: Body): void {
    this.#inFlight++;
    if (body === 'unread') this.#unread++;
  }

  #letIn(): void {
    for (;;) {
      const at = this.#waiting.findIndex(({ body }) => this.#hasPlaceFor(body));
      if (at < 0) return;
      const [{ body, letIn }] = this.#waiting.splice(at, 1);
      this.#take(body);
      letIn();
    }
  }

  #client(client: string, now: number): RateMeter | undefined {
    const { keyShare } = this.current;
    if (keyShare === null || keyShare >= 1) return undefined;
    const known = this.#clients.get(client);
    if (known !== undefined) {
      this.#clients.delete(client);
      this.#clients.set(client, known);
      return known;
    }
    if (this.#clients.size >= MAX_CLIENTS) {
      for (const oldest of this.#clients.keys()) {
        this.#clients.delete(oldest);
        break;
      }
    }
    const fresh = new RateMeter(this.current, keyShare, now);
    this.#clients.set(client, fresh);
    return fresh;
  }
}
