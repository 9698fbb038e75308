const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Reads HTTP/1.1 responses off a keep-alive connection that has one request in flight. Knows `Content-Length` and
 * chunked bodies, which is all that JSON-RPC servers send: the client's own CPU time is part of what is measured.
 */
export class HttpResponseReader {
  #received: Buffer[] = [];

  /** The response once it is complete. */
  push(chunk: Buffer): HttpResponse | undefined {
    this.#received.push(chunk);
    const data = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    this.#received = [data];
    const headEnd = data.indexOf(HEAD_END);
    if (headEnd === -1) return undefined;
    const head = data.toString('latin1', 0, headEnd);
    const status = Number(head.slice(9, 12));
    const rest = data.subarray(headEnd + HEAD_END.length);
    const body = bodyOf(head, rest);
    if (body === undefined) return undefined;
    this.#received = [];
    return { status, body };
  }
}

function bodyOf(head: string, rest: Buffer): Buffer | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length));
  }
  return unchunk(rest);
}

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
