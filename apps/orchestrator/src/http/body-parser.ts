import type { FastifyInstance } from 'fastify';
import { ApiError, ApiErrorCode } from '../errors.js';

/** An escaped NUL or half of a surrogate pair: JSON allows it, PostgreSQL's text does not. */
const UNSTORABLE =
  /(?<!\\)(?:\\\\)*\\u(?:0000|d[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})/i;

function unstorable(): ApiError {
  return new ApiError(
    ApiErrorCode.InvalidRequest,
    'a text holds a NUL character or half of a surrogate pair',
  );
}

/** @throws ApiError `INVALID_REQUEST` for a NUL byte in the URL: no name and no parameter has one */
export function refuseNulInUrl(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request) => {
    if (/%00/.test(request.url)) {
      throw new ApiError(ApiErrorCode.InvalidRequest, 'the URL holds a NUL character');
    }
  });
}

/**
 * JSON and nothing else. An empty body counts as none, since many clients name the type of every
 * request. Keys that could reach an object's prototype are refused.
 */
export function parseJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body.trim() === '') done(null, undefined);
      else if (UNSTORABLE.test(body)) done(unstorable());
      else parse(request, body, done);
    },
  );
}
