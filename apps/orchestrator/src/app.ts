import type { Logger } from '@flotilla/common';
import { AuditStore } from '@flotilla/persistence';
import { NestLogger } from '@flotilla/platform';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { auditCalls } from './audit/audit-hook.js';
import { ChainDirectory } from './chains/chain-directory.js';
import { parseJsonOnly, refuseNulInUrl } from './http/body-parser.js';
import { serveOpenApi } from './http/openapi.js';
import { PROBLEM_TYPE, toProblem } from './http/problem.js';
import { serveDashboard } from './http/static-files.js';
import type { ControlLink } from './messaging/control-link.js';
import { MessageBudget } from './messaging/message-budget.js';
import { MessagingServer } from './messaging/messaging-server.js';
import { OrchestratorModule } from './orchestrator.module.js';
import type { Settings } from './settings.js';
import { CLOCK, CONTROL_LINK, LOGGER, SETTINGS } from './tokens.js';

const MAX_BODY_BYTES = 1024 * 1024;

export interface AppOptions {
  /** Serve the dashboard and the page of the API's documentation. Default true. */
  readonly pages?: boolean;
}

/** The whole application, ready to listen. @throws PlatformError `INVALID_CONFIGURATION` */
export async function createApp(
  logger: Logger,
  { pages = true }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    // What the router itself refuses never gets as far as the filter.
    frameworkErrors: refuse,
  });
  const app = await NestFactory.create<NestFastifyApplication>(OrchestratorModule, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance();
  refuseNulInUrl(fastify);
  parseJsonOnly(fastify);
  auditCalls(fastify, {
    audit: app.get(AuditStore),
    clock: app.get(CLOCK),
    logger: app.get(LOGGER),
  });
  if (pages) await serveDashboard(fastify, app.get<Settings>(SETTINGS).dashboardFolder);
  app.setGlobalPrefix('api/v1');
  serveOpenApi(app, pages);
  const { control } = app.get<ControlLink>(CONTROL_LINK);
  const budget = new MessageBudget({
    directory: app.get(ChainDirectory),
    clock: app.get(CLOCK),
    logger: app.get(LOGGER),
  });
  app.connectMicroservice({
    strategy: new MessagingServer(control, (chain) => budget.takes(chain)),
  });
  await app.startAllMicroservices();
  return app;
}

function refuse(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request.url.split('?', 1)[0].slice(0, 500));
  void reply
    .status(problem.status)
    .header('content-type', PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}
