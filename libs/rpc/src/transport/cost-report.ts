/** Begins the payload of a pong that nobody asked for: microseconds of computing since the one before. */
const COST_PONG = 'flotilla:cost:';

/** Costs are told together: a frame for each answer would cost more than many an answer. */
const TELL_MS = 50;

interface Peer {
  readonly readyState: number;
  readonly OPEN: number;
  pong(data: string): void;
  once(event: 'close', listener: () => void): unknown;
}

/** Tells the gateway what the requests of its WebSocket cost, as the header does for HTTP. */
export class CostReport {
  #micros = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly peer: Peer) {
    peer.once('close', () => clearTimeout(this.#timer));
  }

  add(micros: number): void {
    this.#micros += micros;
    this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.peer.readyState === this.peer.OPEN) this.peer.pong(`${COST_PONG}${this.#micros}`);
    this.#micros = 0;
  }
}
