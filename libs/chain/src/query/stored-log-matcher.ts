import { hexToBytes, RlpCursor } from '@flotilla/common';
import type { LogFilter } from './types.js';

const ENCODED_TOPIC_BYTES = 33;

/**
 * Looks for logs in receipts as they are stored. A block may hold thousands of receipts of which a query wants a few:
 * nothing is decoded to find them.
 */
export class StoredLogMatcher {
  readonly #addresses: readonly Uint8Array[];
  /** By position; an empty list is anything. */
  readonly #topics: readonly (readonly Uint8Array[])[];
  readonly #cursor = new RlpCursor();

  constructor({ addresses = [], topics = [] }: Pick<LogFilter, 'addresses' | 'topics'>) {
    this.#addresses = addresses.map(hexToBytes);
    this.#topics = topics.map((wanted) => (wanted ?? []).map(hexToBytes));
  }

  /** Whether any log of a stored receipt (`writeReceiptRecord`) passes the filter. */
  matchesSome(receipt: Uint8Array): boolean {
    const cursor = this.#cursor;
    cursor.reset(receipt, 0);
    cursor.enterList();
    for (let field = 0; field < 5; field++) cursor.skip();
    const length = cursor.enterList();
    for (const end = cursor.at + length; cursor.at < end; ) {
      if (this.#matchesNext()) return true;
    }
    return false;
  }

  /** Goes on behind the log. */
  #matchesNext(): boolean {
    const cursor = this.#cursor;
    const length = cursor.enterList();
    const end = cursor.at + length;
    const matches = this.#matchesAddress() && this.#matchesTopics();
    cursor.seek(end);
    return matches;
  }

  #matchesAddress(): boolean {
    if (this.#addresses.length > 0) return this.#cursor.isOneOf(this.#addresses);
    this.#cursor.skip();
    return true;
  }

  #matchesTopics(): boolean {
    const length = this.#cursor.enterList();
    if (this.#topics.length * ENCODED_TOPIC_BYTES > length) return false;
    for (const wanted of this.#topics) {
      if (wanted.length === 0) this.#cursor.skip();
      else if (!this.#cursor.isOneOf(wanted)) return false;
    }
    return true;
  }
}
