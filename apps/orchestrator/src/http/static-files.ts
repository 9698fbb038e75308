import { existsSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** The built dashboard at `/`; without a build there is only the API. */
export async function serveDashboard(fastify: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const { default: fastifyStatic } = await import('@fastify/static');
  await fastify.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    setHeaders: (response) => {
      response.header('content-security-policy', CONTENT_SECURITY_POLICY);
      response.header('x-content-type-options', 'nosniff');
      response.header('referrer-policy', 'no-referrer');
    },
  });
}
