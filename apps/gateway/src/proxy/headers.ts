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
/** Credentials of the edge, and the edge's own name. */
const FOR_THE_EDGE = ['authorization', 'host'];

export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': '*, authorization, content-type',
  'access-control-max-age': '86400',
} as const;

/** What passes on: no hop-by-hop header, nothing that `Connection` names, nothing for or against the edge. */
export function endToEndHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(',');
  const dropped = new Set([
    ...HOP_BY_HOP,
    ...UNPROVEN,
    ...FOR_THE_EDGE,
    ...named.map((name) => name.trim()),
  ]);
  const kept: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!dropped.has(name)) kept[name] = value;
  }
  return kept;
}
