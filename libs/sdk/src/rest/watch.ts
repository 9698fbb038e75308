import { FlotillaApiError } from './errors.js';
import { parseServerSentEvents } from './sse.js';
import type { ApiTransport } from './transport.js';
import type { FleetEvent } from './types.js';

export interface WatchOptions {
  /** Only this chain's events. */
  readonly chain?: string;
  /** Go on after this event; older ones that the server still has come first. */
  readonly lastEventId?: string;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** Told whenever the stream is up or lost: between the two, live figures are stale. */
  readonly onConnection?: (connected: boolean) => void;
}

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** The server says something every 15 s; after three times that the connection is taken for dead. */
const SILENCE_MS = 45_000;

/**
 * Events for as long as the caller iterates. A lost connection is taken up again, with back-off,
 * after the last event seen, so that none is missed or doubled.
 *
 * @throws FlotillaApiError when the server refuses for good: a bad key, an unknown chain
 */
export async function* watchEvents(
  transport: ApiTransport,
  options: WatchOptions = {},
): AsyncGenerator<FleetEvent, void, void> {
  const { signal, onConnection } = options;
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) stop.abort();
  let lastEventId = options.lastEventId ?? '';
  let retryMs = FIRST_RETRY_MS;
  try {
    while (!stop.signal.aborted) {
      try {
        const response = await transport.open(
          'GET',
          '/events',
          {
            query: { chain: options.chain },
            headers: lastEventId === '' ? {} : { 'last-event-id': lastEventId },
            signal: stop.signal,
          },
          'text/event-stream',
        );
        onConnection?.(true);
        const events = parseServerSentEvents(textOf(response), {
          lastEventId,
          onId: (id) => {
            lastEventId = id;
          },
        });
        for await (const event of events) {
          retryMs = FIRST_RETRY_MS;
          yield JSON.parse(event.data) as FleetEvent;
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        if (error instanceof FlotillaApiError && !error.retryable) throw error;
      }
      onConnection?.(false);
      await pause(retryMs, stop.signal);
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    stop.abort();
  }
}

/** Ends when the server does, and when it has been silent for too long. */
async function* textOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const timer = setTimeout(() => reader.cancel().catch(() => {}), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
