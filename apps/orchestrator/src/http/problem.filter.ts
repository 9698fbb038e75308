import type { Logger } from '@flotilla/common';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiError } from '../errors.js';
import { PROBLEM_TYPE, type Problem, toProblem } from './problem.js';
import type { ApiRequest } from './request.js';

const LINGER_MS = 5_000;

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<ApiRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const path = pathOf(request.url);
    if (wantsDashboard(request, path) && 'sendFile' in reply && isNotFound(error)) {
      void reply.header('cache-control', 'no-cache').sendFile('index.html');
      return;
    }
    const problem = toProblem(error, path);
    if (problem.status >= 500) this.#log(error, request, path);
    request.problemCode = problem.code;
    if (reply.sent || reply.raw.headersSent) return;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 413) linger(request, reply);
    const retryAfter = retryAfterSeconds(error, problem);
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    void reply
      .status(problem.status)
      .header('content-type', PROBLEM_TYPE)
      .send(JSON.stringify(problem));
  }

  #log(error: unknown, request: ApiRequest, path: string): void {
    const { code, stack, cause } = error as Error & { code?: string };
    const { status } = toProblem(error, path);
    const fields = { method: request.method, path, code, error: String(error) };
    if (status > 500) this.logger.debug('request refused', fields);
    else this.logger.error('request failed', { ...fields, stack, cause: String(cause ?? '') });
  }
}

/** Undefined where trying again is of no use. */
function retryAfterSeconds(error: unknown, { status, retryable }: Problem): number | undefined {
  const ms = error instanceof ApiError ? error.data?.retryAfterMs : undefined;
  if (ms !== undefined) return Math.ceil(ms / 1_000);
  return status === 503 && retryable !== false ? 1 : undefined;
}

/** Ending the connection while the client still sends would take the answer from it: the rest is thrown away. */
function linger(request: ApiRequest, reply: FastifyReply): void {
  const { raw } = request;
  void reply.removeHeader('connection');
  raw.resume();
  const giveUp = setTimeout(() => raw.destroy(), LINGER_MS);
  raw.once('close', () => clearTimeout(giveUp));
}

/** Without the query, which may hold what must not be repeated. */
function pathOf(url: string): string {
  return url.split('?', 1)[0].slice(0, 500);
}

/** The dashboard has its own paths; a reload of one is answered by its single page. */
function wantsDashboard(request: ApiRequest, path: string): boolean {
  const accepted = String(request.headers.accept ?? '');
  return request.method === 'GET' && !path.startsWith('/api') && accepted.includes('text/html');
}

function isNotFound(error: unknown): boolean {
  return toProblem(error, '').status === 404;
}
