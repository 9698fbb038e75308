import { CommonError, CommonErrorCode } from './errors.js';

/** First in, first out, with a cap: a full queue refuses, it never drops. */
export class BoundedQueue<Item> {
  #items: Item[] = [];
  #head = 0;

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** @throws CommonError `QUEUE_FULL` (retryable) */
  push(item: Item): void {
    if (this.size >= this.capacity) {
      throw new CommonError(CommonErrorCode.QueueFull, `queue is full (${this.capacity})`, {
        retryable: true,
      });
    }
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
