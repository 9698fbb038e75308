import type { GatewayError } from '../errors.js';
import type { RouteTable } from '../routes/route-table.js';
import { answerPassive } from '../sleep/passive-answers.js';
import { encodeFrame, type FrameFault, Opcode } from './frame.js';
import { MessageCollector } from './message-collector.js';

/** What one parked client may have sent without an answer. */
const MAX_BYTES = 64 * 1024;

/** What came of a frame or message. */
export interface Step {
  /** Frame to be sent back at once. */
  readonly reply?: Buffer;
  /** Messages that are answered by it, and nobody else counts. */
  readonly messages: number;
  /** The client has said goodbye. */
  readonly isLast?: boolean;
}

/** A client's side of a WebSocket that leads nowhere for now: passive questions are answered, others wait. */
export class ParkedClient {
  readonly #collector = new MessageCollector();
  #waiting: { readonly text: string; readonly raw: Buffer }[] = [];
  #waitingBytes = 0;
  /** All that is not read yet is the beginning of one message. */
  #isPartial = false;

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

  /** The message that is on its way is longer than what can be kept. */
  get isTooLong(): boolean {
    return this.#isPartial && this.#collector.size > MAX_BYTES;
  }

  /** More of what the client sends; to be looked at by `next`. */
  add(chunk: Buffer): void {
    this.#collector.add(chunk);
    this.#isPartial = false;
  }

  /**
   * Looks at the next frame or message that is there in full; undefined when there is none.
   * @param mayAnswer false while answers of the chain itself may still come
   * @param maxBytes of one message's payload
   */
  next(mayAnswer: boolean, maxBytes: number): Step | FrameFault | undefined {
    const item = this.#collector.next(maxBytes);
    this.#isPartial = item === undefined;
    if (item === undefined || typeof item === 'string') return item;
    if (item.kind === 'control') return controlStep(item);
    const answer = mayAnswer && !this.isWaiting ? this.#passive(item.text) : undefined;
    if (answer !== undefined) {
      return { reply: encodeFrame(Opcode.Text, Buffer.from(answer), 'server'), messages: 1 };
    }
    this.#waiting.push(item);
    this.#waitingBytes += item.raw.length;
    return { messages: 0 };
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

function controlStep({
  opcode,
  payload,
}: {
  readonly opcode: number;
  readonly payload: Buffer;
}): Step {
  if (opcode === Opcode.Pong) return { messages: 0 };
  const isLast = opcode === Opcode.Close;
  const reply = encodeFrame(isLast ? Opcode.Close : Opcode.Pong, payload, 'server');
  return { reply, messages: 0, isLast };
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
