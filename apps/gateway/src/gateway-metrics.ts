import { Metrics } from '@flotilla/platform';

export interface GatewayMetrics {
  /** `seconds` from the request's arrival to the end of its answer. */
  answered(chain: string, status: number, seconds: number): void;
  /** A WebSocket was opened (+1) or closed (−1). */
  sockets(chain: string, change: 1 | -1): void;
  /** Something was over that limit. */
  refused(chain: string, limit: string): void;
  /** In both directions. */
  bytes(chain: string, count: number): void;
  /** A sleeping chain was woken. */
  woken(chain: string): void;
  /** A request began (+1) or ended (−1) to wait for a sleeping chain. */
  held(chain: string, change: 1 | -1): void;
  /** A WebSocket was parked (+1), or went on or was closed (−1). */
  parked(chain: string, change: 1 | -1): void;
  text(): Promise<string>;
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Scrapes that come closer together get the same text: it takes milliseconds with many chains. */
const TEXT_MS = 1_000;

export function createGatewayMetrics(): GatewayMetrics {
  const metrics = new Metrics('gateway');
  const seconds = metrics.histogram(
    'flotilla_gateway_request_seconds',
    'Time from the arrival of a request to the end of its answer',
    ['chain', 'status'],
    BUCKETS,
  );
  const gauge = (name: string, help: string) =>
    metrics.gauge(`flotilla_gateway_${name}`, help, ['chain']);
  const sockets = gauge('websockets', 'Open WebSockets');
  const parked = gauge('websockets_parked', 'WebSockets whose chain sleeps or restarts');
  const held = gauge('requests_held', 'Requests that wait for a sleeping chain');
  const refused = metrics.counter(
    'flotilla_gateway_refused_total',
    'Requests, connections and pauses of WebSockets over a limit, by its name',
    ['chain', 'limit'],
  );
  const bytes = metrics.counter(
    'flotilla_gateway_bytes_total',
    'Bytes from and to clients, headers included',
    ['chain'],
  );
  const woken = metrics.counter('flotilla_gateway_wakes_total', 'Sleeping chains woken', ['chain']);
  let text: Promise<string> | undefined;
  return {
    answered: (chain, status, duration) =>
      seconds.observe({ chain, status: String(status) }, duration),
    sockets: (chain, change) => sockets.inc({ chain }, change),
    parked: (chain, change) => parked.inc({ chain }, change),
    held: (chain, change) => held.inc({ chain }, change),
    refused: (chain, limit) => refused.inc({ chain, limit }),
    bytes: (chain, count) => bytes.inc({ chain }, count),
    woken: (chain) => woken.inc({ chain }),
    text() {
      if (text === undefined) {
        text = metrics.text();
        setTimeout(() => {
          text = undefined;
        }, TEXT_MS).unref();
      }
      return text;
    },
  };
}
