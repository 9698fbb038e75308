/** Walks JSON text that `JSON.parse` already accepted, so it need not validate anything. */
class Scanner {
  #at = 0;

  constructor(readonly text: string) {}

  peek(): string {
    while (' \t\r\n'.includes(this.text[this.#at])) this.#at++;
    return this.text[this.#at];
  }

  take(): string {
    const char = this.peek();
    this.#at++;
    return char;
  }

  /** The source text of the value that starts here. */
  value(): string {
    const first = this.peek();
    const start = this.#at;
    if (first === '"') this.#string();
    else if (first === '{' || first === '[') this.#nested();
    else
      while (this.#at < this.text.length && !',]} \t\r\n'.includes(this.text[this.#at])) this.#at++;
    return this.text.slice(start, this.#at);
  }

  #string(): void {
    for (this.#at++; this.text[this.#at] !== '"'; this.#at++) {
      if (this.text[this.#at] === '\\') this.#at++;
    }
    this.#at++;
  }

  #nested(): void {
    let depth = 0;
    do {
      const char = this.text[this.#at];
      if (char === '"') {
        this.#string();
        continue;
      }
      if (char === '{' || char === '[') depth++;
      else if (char === '}' || char === ']') depth--;
      this.#at++;
    } while (depth > 0);
  }
}

function idOf(objectText: string): string | undefined {
  const scanner = new Scanner(objectText);
  scanner.take();
  let id: string | undefined;
  while (scanner.peek() === '"') {
    const key: unknown = JSON.parse(scanner.value());
    scanner.take();
    const value = scanner.value();
    if (key === 'id') id = value;
    if (scanner.take() === '}') break;
  }
  return id;
}

/**
 * The source text of the top-level `id` of each request in a body. Only used for ids that a double
 * can't hold: JSON-RPC asks that an id comes back as it was sent.
 */
export function rawIds(text: string): (string | undefined)[] {
  const scanner = new Scanner(text);
  if (scanner.peek() !== '[') return [scanner.peek() === '{' ? idOf(scanner.value()) : undefined];
  scanner.take();
  const ids: (string | undefined)[] = [];
  while (scanner.peek() !== ']') {
    const isObject = scanner.peek() === '{';
    const value = scanner.value();
    ids.push(isObject ? idOf(value) : undefined);
    if (scanner.peek() === ',') scanner.take();
  }
  return ids;
}
