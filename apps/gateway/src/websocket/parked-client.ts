import type { GatewayError } from '../errors.js';
import type { RouteTable } from '../routes/route-table.js';
import { answerPassive } from '../sleep/passive-answers.js';
import { encodeFrame, Opcode } from './frame.js';
import { MessageCollector } from './message-collector.js';

/** What one parked client may have sent without an answer. */
const MAX_BYTES = 64 * 1024;

/** A client's side of a WebSocket that leads nowhere for now: passive questions are answered, others wait. */
export class ParkedClient {
  readonly #collector = new MessageCollector();
  #waiting: { readonly text: string; readonly raw: Buffer }[] = [];
  #waitingBytes = 0;
  #isClosed = false;

  constructor(
    private readonly chain: string,
    private readonly routes: RouteTable,
  ) {}

  /** There is something that only the chain can answer. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** More can't be kept: the client must not be read. */
  get isFull(): boolean {
    return this.#waitingBytes + this.#collector.size > MAX_BYTES;
  }

  /** The client has said goodbye. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Frames to be sent back at once. @param mayAnswer false while answers of the chain itself may still come */
  receive(chunk: Buffer, mayAnswer: boolean): Buffer[] {
    const replies: Buffer[] = [];
    for (const item of this.#collector.push(chunk)) {
      if (item.kind === 'control') {
        if (item.opcode === Opcode.Pong) continue;
        this.#isClosed ||= item.opcode === Opcode.Close;
        const opcode = item.opcode === Opcode.Close ? Opcode.Close : Opcode.Pong;
        replies.push(encodeFrame(opcode, item.payload, 'server'));
        continue;
      }
      const answer = mayAnswer && !this.isWaiting ? this.#passive(item.text) : undefined;
      if (answer !== undefined) {
        replies.push(encodeFrame(Opcode.Text, Buffer.from(answer), 'server'));
      } else {
        this.#waiting.push(item);
        this.#waitingBytes += item.raw.length;
      }
    }
    return replies;
  }

  /** All that was not answered, as the client sent it; it is forgotten here. */
  take(): Buffer {
    const raw = Buffer.concat([
      ...this.#waiting.map((message) => message.raw),
      this.#collector.take(),
    ]);
    this.#forget();
    return raw;
  }

  /** Frames that answer what waits with an error; it is forgotten here. */
  refuse(error: GatewayError): Buffer[] {
    const answers = this.#waiting.map(({ text }) => error.toJsonRpc(...idsOf(text)));
    this.#forget();
    return answers.map((answer) => encodeFrame(Opcode.Text, Buffer.from(answer), 'server'));
  }

  #passive(text: string): string | undefined {
    const route = this.routes.get(this.chain);
    return route?.phase === 'Sleeping' ? answerPassive(text, route) : undefined;
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** Ids of the requests in a message; none when it is unreadable. */
function idsOf(text: string): unknown[] {
  try {
    const body: unknown = JSON.parse(text);
    return (Array.isArray(body) ? body : [body]).map((request) => request?.id);
  } catch {
    return [];
  }
}
