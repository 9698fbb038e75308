import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** RFC 9110, section 7.6.1: meant for one hop only. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Claims about the client that anybody can make. */
const UNPROVEN = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];
/** Milliseconds that the request may take, from its arrival on. */
export const DEADLINE_HEADER = 'flotilla-deadline-ms';
/** What the node gets instead: Unix milliseconds, since a process that stood still can't tell when a request arrived. */
export const DEADLINE_AT_HEADER = 'flotilla-deadline-at';
/** Of an answer: microseconds of computing. */
export const COST_HEADER = 'flotilla-cost';
/** Whose request it is, for the node to divide its threads by. */
export const CLIENT_HEADER = 'flotilla-client';
/** The same for a WebSocket's whole life, over all processes of its chain. */
export const CONNECTION_HEADER = 'flotilla-connection';

/** Of an answer: the newest block that it may speak of. */
export const BLOCK_HEADER = 'flotilla-block';
/** Of a request to one of several processes of a chain: the block that its answer must at least know. */
export const MIN_BLOCK_HEADER = 'flotilla-min-block';

/** Credentials of the edge, the edge's own name, what it has answered itself, and what only the edge says. */
const FOR_THE_EDGE = [
  'authorization',
  'host',
  'expect',
  DEADLINE_HEADER,
  DEADLINE_AT_HEADER,
  CLIENT_HEADER,
  CONNECTION_HEADER,
  MIN_BLOCK_HEADER,
];

export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': '*, authorization, content-type',
  'access-control-expose-headers': 'Retry-After, Flotilla-Cost, Flotilla-Block',
  'access-control-max-age': '86400',
} as const;

const DROPPED = new Set([...HOP_BY_HOP, ...UNPROVEN, ...FOR_THE_EDGE]);
/** What `Connection` says nearly always; neither word is a header that could pass. */
const PLAIN_CONNECTION = /^(keep-alive|close)?$/i;

/** What passes on: no hop-by-hop header, nothing that `Connection` names, nothing for or against the edge. */
export function endToEndHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { connection = '' } = headers;
  const named = PLAIN_CONNECTION.test(connection)
    ? []
    : connection.split(',').map((name) => name.trim().toLowerCase());
  const kept: OutgoingHttpHeaders = {};
  for (const name in headers) {
    if (!DROPPED.has(name) && !named.includes(name)) kept[name] = headers[name];
  }
  return kept;
}
