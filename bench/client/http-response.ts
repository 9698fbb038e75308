const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const CLOSES = /\r\nconnection: *close/i;
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** The server closes the connection after this answer. */
  readonly closes?: boolean;
}

/**
 * Reads HTTP/1.1 responses off a keep-alive connection that has one request in flight. Knows `Content-Length` and
 * chunked bodies, which is all that JSON-RPC servers send: the client's own CPU time is part of what is measured.
 */
export class HttpResponseReader {
  #received: Buffer[] = [];
  #length = 0;
  /** Of a response whose head has been read: whether so much of it can be all, given what came last. */
  #mayBeAll: (length: number, last: Buffer) => boolean = () => true;

  /** The response once it is complete. */
  push(chunk: Buffer): HttpResponse | undefined {
    this.#received.push(chunk);
    this.#length += chunk.length;
    if (!this.#mayBeAll(this.#length, chunk)) return undefined;
    const data = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#received = [data];
    const headEnd = data.indexOf(HEAD_END);
    if (headEnd === -1) return undefined;
    const head = data.toString('latin1', 0, headEnd);
    const status = Number(head.slice(9, 12));
    const rest = data.subarray(headEnd + HEAD_END.length);
    const length = contentLength(head);
    const body = length === undefined ? unchunk(rest) : ofLength(rest, length);
    if (body === undefined) {
      const whole = headEnd + HEAD_END.length + (length ?? 0);
      this.#mayBeAll = length === undefined ? endsAChunkedBody : (received) => received >= whole;
      return undefined;
    }
    this.#received = [];
    this.#length = 0;
    this.#mayBeAll = () => true;
    return { status, body, closes: CLOSES.test(head) };
  }
}

/** A piece that is shorter than the end may hold the rest of it. */
const endsAChunkedBody = (_: number, last: Buffer) =>
  last.length < LAST_CHUNK.length || last.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);

function contentLength(head: string): number | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  return length === undefined ? undefined : Number(length);
}

const ofLength = (rest: Buffer, length: number) =>
  rest.length < length ? undefined : rest.subarray(0, length);

function unchunk(data: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = data.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(data.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + LINE_END.length;
    const end = start + size;
    if (data.length < end + LINE_END.length) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(data.subarray(start, end));
    at = end + LINE_END.length;
  }
}
