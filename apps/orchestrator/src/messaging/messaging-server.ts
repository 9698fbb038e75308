import { invariant } from '@flotilla/common';
import {
  ANY_CHAIN,
  CONTROL,
  type Envelope,
  Messages,
  type MessageType,
  type Messaging,
  Requests,
  type RequestType,
} from '@flotilla/messaging';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';

/** What a controller may listen to: `@EventPattern('heartbeat')`, `@MessagePattern('routesList')`. */
export type EventName = keyof typeof Messages;
export type RequestName = keyof typeof Requests;

/**
 * Nest's microservice transport over our typed messages. Nest's own NATS transport speaks the former client
 * and knows nothing of our subjects, schemas and reconnection. Handlers get the whole envelope as payload.
 */
export class MessagingServer extends Server implements CustomTransportStrategy {
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly messaging: Messaging,
    /** Whether one more message of a chain is taken. */
    private readonly accept: (chain: string) => boolean,
  ) {
    super();
  }

  /** Events of every chain and requests to the control plane. */
  listen(listening: () => void): void {
    for (const [pattern, handler] of this.messageHandlers) {
      this.#stops.push(this.#attach(pattern, handler));
    }
    listening();
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  on(): void {
    // The connection's own events are the business of `Messaging`, which reconnects for ever.
  }

  unwrap<Client>(): Client {
    return this.messaging as Client;
  }

  #attach(pattern: string, handler: MessageHandler): () => void {
    const run = (message: Envelope<unknown>) => settled(handler(message));
    if (handler.isEventHandler && pattern in Messages) {
      const type = Messages[pattern as EventName] as MessageType<unknown>;
      const handle = async (message: Envelope<unknown>) => {
        await run(message);
      };
      return this.messaging.subscribe(type, ANY_CHAIN, handle, this.accept);
    }
    if (!handler.isEventHandler && pattern in Requests) {
      const type = Requests[pattern as RequestName] as RequestType<unknown, unknown>;
      return this.messaging.respond(type, CONTROL, run);
    }
    invariant(false, `no message is called ${pattern}; libs/messaging/src/messages.ts names them`);
  }
}

async function settled(outcome: unknown): Promise<unknown> {
  const value = await outcome;
  return isObservable(value) ? lastValueFrom(value, { defaultValue: undefined }) : value;
}
