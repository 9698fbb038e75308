/** Promises of what the other thread will answer, by the id that its answer carries. */
export class PendingReplies<Reply> {
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  /** Draws an id; `send` puts it on its way. */
  ask(send: (id: number) => void): Promise<Reply> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      send(id);
    });
  }

  answer(id: number, reply: Reply): void {
    this.#waiting.get(id)?.(reply);
    this.#waiting.delete(id);
  }
}
