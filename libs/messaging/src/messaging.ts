import { randomUUID } from 'node:crypto';
import { type Clock, type Logger, silentLogger, systemClock } from '@flotilla/common';
import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { decodeMessage, type Envelope, encodeMessage } from './codec.js';
import { type ConnectionOptions, dial, safeUrl } from './connection.js';
import { MessagingError, MessagingErrorCode } from './errors.js';
import type { MessageType, RequestType } from './messages.js';
import { buildSubject, parseSubject } from './subjects.js';

export interface MessagingOptions extends ConnectionOptions {
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Return before the first connection stands; it is tried for ever in the background. Default false. */
  readonly background?: boolean;
  /** Called at each connection, the first included: the place to refill what NATS may have lost. */
  readonly onConnected?: (messaging: Messaging) => void | Promise<void>;
}

export interface StreamAck {
  readonly stream: string;
  readonly sequence: number;
  readonly duplicate: boolean;
}

export type Handler<Data> = (message: Envelope<Data>, subject: string) => void | Promise<void>;

interface Listener {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly deliver: (message: Msg) => void;
  subscription?: Subscription;
}

/** Resolves at the first connection, or at once with `background`. Reconnects for ever. */
export async function connectMessaging(options: MessagingOptions): Promise<Messaging> {
  const messaging = new Messaging(options);
  const connected = messaging.start();
  if (!options.background) await connected;
  return messaging;
}

/**
 * Typed messages over one NATS connection. NATS is transport, never the source of truth: what is published
 * while there is no connection is not kept, and whoever publishes repeats what matters.
 */
export class Messaging {
  readonly #options: MessagingOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  readonly #closing = new AbortController();
  #connection: NatsConnection | undefined;
  #connected = false;

  constructor(options: MessagingOptions) {
    safeUrl(options.url);
    this.#options = options;
    this.#logger = (options.logger ?? silentLogger).child({ component: 'messaging' });
    this.#clock = options.clock ?? systemClock;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** The raw connection, for the JetStream and account code of this library. */
  get connection(): NatsConnection {
    if (!this.#connection || !this.#connected) {
      throw new MessagingError(MessagingErrorCode.NotConnected, 'not connected to NATS', {
        retryable: true,
      });
    }
    return this.#connection;
  }

  async start(): Promise<void> {
    const connection = await dial(this.#options, this.#logger, this.#closing.signal);
    if (!connection) return;
    if (this.#closing.signal.aborted) {
      await connection.close();
      return;
    }
    this.#connection = connection;
    this.#connected = true;
    for (const listener of this.#listeners) this.#subscribe(listener);
    void this.#watch(connection);
    await this.#announceConnected();
  }

  /** Sends, or returns false when there is no connection. @throws MessagingError `INVALID_MESSAGE` */
  publish<Data>(type: MessageType<Data>, chain: string, data: Data): boolean {
    const payload = this.#encode(type, chain, data);
    if (!this.#connected || !this.#connection) return false;
    this.#guardSize(payload);
    this.#connection.publish(buildSubject({ ...type, chain }), payload);
    return true;
  }

  /** As `publish`, returning the message's id (commands are acknowledged by it). */
  send<Data>(type: MessageType<Data>, chain: string, data: Data): string {
    const id = randomUUID();
    const payload = this.#encode(type, chain, data, id);
    this.#guardSize(payload);
    this.connection.publish(buildSubject({ ...type, chain }), payload);
    return id;
  }

  /**
   * Sends into a JetStream stream and waits until the stream has stored it. Needs no `$JS` permission: the
   * answer comes to an inbox. The same `dedupeId` within the stream's window is stored once.
   * @throws MessagingError `NATS_NOT_CONNECTED`, `NATS_NO_ANSWER` (both retryable), `NATS_REQUEST_FAILED`
   */
  async publishDurable<Data>(
    type: MessageType<Data>,
    chain: string,
    data: Data,
    options: { dedupeId: string; timeoutMs?: number },
  ): Promise<StreamAck> {
    const payload = this.#encode(type, chain, data);
    const head = headers();
    head.set('Nats-Msg-Id', options.dedupeId);
    const answer = await this.#ask(
      buildSubject({ ...type, chain }),
      payload,
      options.timeoutMs,
      head,
    );
    const ack = answer.json<{
      stream?: string;
      seq?: number;
      duplicate?: boolean;
      error?: { description?: string };
    }>();
    if (ack.error || ack.stream === undefined) {
      throw new MessagingError(
        MessagingErrorCode.RequestFailed,
        ack.error?.description ?? 'no acknowledgement from the stream',
        { retryable: true },
      );
    }
    return { stream: ack.stream, sequence: ack.seq ?? 0, duplicate: ack.duplicate ?? false };
  }

  /** @throws MessagingError `NATS_NOT_CONNECTED`, `NATS_NO_ANSWER` (both retryable), `INVALID_MESSAGE` */
  async request<Request, Reply>(
    type: RequestType<Request, Reply>,
    chain: string,
    data: Request,
    timeoutMs?: number,
  ): Promise<Reply> {
    const payload = this.#encode(type, chain, data);
    const answer = await this.#ask(buildSubject({ ...type, chain }), payload, timeoutMs);
    const failed = answer.headers?.get('Flotilla-Error');
    if (failed) throw new MessagingError(MessagingErrorCode.RequestFailed, failed);
    return decodeMessage(type.reply, answer.data).data;
  }

  /** Answers requests. Several responders share the work. Returns the function that stops it. */
  respond<Request, Reply>(
    type: RequestType<Request, Reply>,
    chain: string,
    answer: (message: Envelope<Request>) => Reply | Promise<Reply>,
  ): () => void {
    return this.#listen(buildSubject({ ...type, chain }), 'responders', async (message) => {
      try {
        const reply = await answer(decodeMessage(type.schema, message.data));
        message.respond(this.#encode({ ...type, schema: type.reply }, chain, reply));
      } catch (error) {
        const head = headers();
        const code = (error as { code?: unknown }).code;
        head.set('Flotilla-Error', typeof code === 'string' ? code : 'INTERNAL');
        message.respond(new Uint8Array(0), { headers: head });
        throw error;
      }
    });
  }

  /**
   * Delivers each valid message; `chain` may be `*`. What does not fit its schema, or says another chain than
   * its subject does, is logged and dropped; so is, unread and in silence, what `accept` refuses. Survives reconnects. Returns the function that ends it.
   */
  subscribe<Data>(
    type: MessageType<Data>,
    chain: string,
    handler: Handler<Data>,
    accept: (chain: string) => boolean = () => true,
  ): () => void {
    const subject = buildSubject({ ...type, chain });
    return this.#listen(subject, undefined, async (message) => {
      // Before anything is read of it: whoever floods pays with what he says.
      if (!accept(parseSubject(message.subject)?.chain ?? '')) return;
      const envelope = decodeMessage(type.schema, message.data);
      if (message.subject !== buildSubject({ ...type, chain: envelope.chain })) {
        throw new MessagingError(
          MessagingErrorCode.InvalidMessage,
          `says chain ${envelope.chain}, came on ${message.subject}`,
        );
      }
      await handler(envelope, message.subject);
    });
  }

  /** Sends what is buffered, then ends the connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    const connection = this.#connection;
    this.#connected = false;
    this.#connection = undefined;
    if (!connection || connection.isClosed()) return;
    const force = setTimeout(() => void connection.close(), 1_000);
    await connection.drain().catch(() => connection.close());
    clearTimeout(force);
  }

  #encode<Data>(type: MessageType<Data>, chain: string, data: Data, id = randomUUID() as string) {
    return encodeMessage(type.schema, { v: 1, id, at: this.#clock.now(), chain, data });
  }

  #guardSize(payload: Uint8Array): void {
    const limit = this.#connection?.info?.max_payload;
    if (limit !== undefined && payload.length > limit - 1024) {
      throw new MessagingError(
        MessagingErrorCode.PayloadTooLarge,
        `message of ${payload.length} bytes is larger than the server takes`,
      );
    }
  }

  async #ask(
    subject: string,
    payload: Uint8Array,
    timeoutMs = 5_000,
    head?: ReturnType<typeof headers>,
  ): Promise<Msg> {
    const connection = this.connection;
    this.#guardSize(payload);
    try {
      return await connection.request(subject, payload, {
        timeout: timeoutMs,
        ...(head ? { headers: head } : {}),
      });
    } catch (cause) {
      throw new MessagingError(MessagingErrorCode.NoAnswer, `no answer on ${subject}`, {
        cause,
        retryable: true,
      });
    }
  }

  #listen(subject: string, queue: string | undefined, run: (message: Msg) => Promise<void>) {
    const listener: Listener = {
      subject,
      queue,
      deliver: (message) => {
        run(message).catch((error: unknown) =>
          this.#logger.warn('message not handled', {
            subject: message.subject,
            code: (error as { code?: string }).code,
            cause: `${error}`,
          }),
        );
      },
    };
    this.#listeners.add(listener);
    if (this.#connection) this.#subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#connection && !this.#connection.isClosed()) listener.subscription?.unsubscribe();
    };
  }

  #subscribe(listener: Listener): void {
    listener.subscription = this.#connection?.subscribe(listener.subject, {
      ...(listener.queue ? { queue: listener.queue } : {}),
      callback: (error, message) => {
        if (error) {
          this.#logger.error('subscription refused', {
            subject: listener.subject,
            cause: `${error}`,
          });
        } else listener.deliver(message);
      },
    });
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') {
        this.#connected = false;
        this.#logger.warn('nats connection lost', { name: this.#options.name });
      } else if (status.type === 'reconnect') {
        this.#connected = true;
        this.#logger.info('nats connection restored', { name: this.#options.name });
        await this.#announceConnected();
      }
    }
    this.#connected = false;
    // The client gave up by itself (for example after an expired credential): start over.
    if (!this.#closing.signal.aborted) await this.start();
  }

  async #announceConnected(): Promise<void> {
    try {
      await this.#options.onConnected?.(this);
    } catch (error) {
      this.#logger.warn('refill after a connection failed', { cause: `${error}` });
    }
  }
}
