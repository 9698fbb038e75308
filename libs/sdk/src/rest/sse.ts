/** One event of a `text/event-stream`, as the HTML standard's parser yields it. */
export interface ServerSentEvent {
  /** The last id that was seen, which a reconnect sends as `Last-Event-ID`. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

interface Draft {
  event: string;
  data: string[];
}

/**
 * Parses a stream of server-sent events (WHATWG HTML, "event stream interpretation"). Comments and
 * `retry` fields are skipped.
 * @param onId told of every id at once: a block without data is no event, but its id counts
 */
export async function* parseServerSentEvents(
  chunks: AsyncIterable<string>,
  options: { readonly lastEventId?: string; readonly onId?: (id: string) => void } = {},
): AsyncGenerator<ServerSentEvent> {
  let id = options.lastEventId ?? '';
  let draft: Draft = { event: '', data: [] };
  for await (const line of lines(chunks)) {
    if (line === '') {
      if (draft.data.length > 0) {
        yield { id, event: draft.event || 'message', data: draft.data.join('\n') };
      }
      draft = { event: '', data: [] };
      continue;
    }
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') draft.data.push(value);
    else if (field === 'event') draft.event = value;
    else if (field === 'id' && !value.includes('\0')) {
      id = value;
      options.onId?.(id);
    }
  }
}

/** Lines ended by LF, CRLF or CR. An unfinished last line is dropped, as the standard asks. */
async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    // A CR at the very end may be the first half of a CRLF: it waits for the next chunk.
    const end = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const parts = rest.slice(0, end).split(/\r\n|\n|\r/);
    rest = (parts.pop() ?? '') + rest.slice(end);
    yield* parts;
  }
}
