import { runRole } from '../threads/roles.js';
import type { Channel, SpawnThread, Thread } from '../threads/thread.js';

/** A "thread" in the test's own: what roles do without the cost, and the isolation, of a real one. */
export const spawnInProcess: SpawnThread = (role, options): Thread => {
  const [near, far] = channelPair();
  const ended = runRole(role, options, far, spawnInProcess).then(
    () => undefined,
    (error: Error) => error,
  );
  return { ...near, onEnd: (handler) => void ended.then(handler) };
};

function channelPair(): [Channel, Channel] {
  const toNear = new Mailbox();
  const toFar = new Mailbox();
  const end = (incoming: Mailbox, outgoing: Mailbox): Channel => ({
    post: (message) => outgoing.put(message),
    listen: (handler) => incoming.open(handler as (message: unknown) => void),
  });
  return [end(toNear, toFar), end(toFar, toNear)];
}

/** Delivers in order, never in the sender's own turn. */
class Mailbox {
  readonly #messages: unknown[] = [];
  #handler: ((message: unknown) => void) | undefined;

  put(message: unknown): void {
    this.#messages.push(message);
    this.#deliver();
  }

  open(handler: (message: unknown) => void): void {
    this.#handler = handler;
    this.#deliver();
  }

  #deliver(): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    for (const message of this.#messages.splice(0)) setImmediate(() => handler(message));
  }
}
