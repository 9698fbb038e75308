import type { FastifyInstance } from 'fastify';

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
      else parse(request, body, done);
    },
  );
}
