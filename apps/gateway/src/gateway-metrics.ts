import { Metrics } from '@flotilla/platform';
import type { GatewayMetrics } from './gateway-server.js';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Requests by chain and status, their duration, and open WebSockets. */
export function createGatewayMetrics(): GatewayMetrics {
  const metrics = new Metrics('gateway');
  const seconds = metrics.histogram(
    'flotilla_gateway_request_seconds',
    'Time from the arrival of a request to the end of its answer',
    ['chain', 'status'],
    BUCKETS,
  );
  const sockets = metrics.gauge('flotilla_gateway_websockets', 'Open WebSockets', ['chain']);
  return {
    answered: (chain, status, duration) =>
      seconds.observe({ chain, status: String(status) }, duration),
    sockets: (chain, change) => sockets.inc({ chain }, change),
    text: () => metrics.text(),
  };
}
