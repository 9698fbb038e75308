import { Database } from '@flotilla/persistence';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Open } from '../auth/access.js';
import type { ControlLink } from '../messaging/control-link.js';
import { RootConnection } from '../root-chain/root-connection.js';
import { CONTROL_LINK } from '../tokens.js';

interface Check {
  readonly ok: boolean;
  readonly detail?: string;
}

const ROOT_CACHE_MS = 1_000;

@ApiTags('health')
@Controller('health')
export class HealthController {
  #root: { at: number; ok: Promise<boolean> } = { at: 0, ok: Promise.resolve(false) };

  constructor(
    private readonly database: Database,
    private readonly root: RootConnection,
    @Inject(CONTROL_LINK) private readonly link: ControlLink,
  ) {}

  @Get()
  @Open()
  @ApiOperation({
    summary: 'Whether the control plane and what it needs work; chains go on regardless',
  })
  async get(@Res({ passthrough: true }) reply: FastifyReply) {
    const [database, root] = await Promise.all([this.database.ping(), this.#rootAnswers()]);
    const checks = {
      database: check(database, 'PostgreSQL does not answer'),
      nats: check(this.link.control.connected, 'not connected to NATS'),
      root: check(root, 'the root does not answer, or has no contracts'),
    };
    const ok = Object.values(checks).every((each) => each.ok);
    void reply.status(ok ? 200 : 503);
    return { status: ok ? ('ok' as const) : ('degraded' as const), checks };
  }

  /** Open to everybody: it must not be a way to make us ask the root without end. */
  #rootAnswers(): Promise<boolean> {
    const now = Date.now();
    if (now - this.#root.at > ROOT_CACHE_MS) this.#root = { at: now, ok: this.root.ping() };
    return this.#root.ok;
  }
}

function check(ok: boolean, detail: string): Check {
  return ok ? { ok } : { ok, detail };
}
