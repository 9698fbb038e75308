import type { Clock, Logger } from '@flotilla/common';
import type { AuditStore } from '@flotilla/persistence';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ApiRequest } from '../http/request.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Writes one audit row after each answer to a changing call with a valid key, refused ones included.
 * When the database is away the row goes to the log instead: the call itself has failed by then, too.
 */
export function auditCalls(
  fastify: FastifyInstance,
  modules: { readonly audit: AuditStore; readonly clock: Clock; readonly logger: Logger },
): void {
  fastify.addHook('onResponse', async (request: ApiRequest, reply: FastifyReply) => {
    const { principal } = request;
    if (principal === undefined || !CHANGING.has(request.method)) return;
    const entry = {
      at: modules.clock.now(),
      keyId: principal.keyId,
      tenant: principal.tenant,
      method: request.method,
      path: request.url.split('?', 1)[0].slice(0, 500),
      status: reply.statusCode,
      code: request.problemCode ?? null,
      remote: request.ip,
    };
    await modules.audit
      .append(entry)
      .catch((error) =>
        modules.logger.error('audit row not written', { entry, error: String(error) }),
      );
  });
}
