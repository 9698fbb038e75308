import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/access.js';
import { ChainsService } from '../chains/chains.service.js';
import { indexSchema } from '../http/query.schema.js';
import type { Principal } from '../http/request.js';
import { parseWith, ZodPipe } from '../http/zod.pipe.js';
import { EventStreams } from './event-streams.js';

const streamSchema = z.strictObject({ chain: z.string().max(60).optional() });

@ApiTags('events')
@ApiBearerAuth()
@Controller('events')
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly chains: ChainsService,
  ) {}

  @Get()
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiOperation({ summary: 'Follow the fleet or one chain (server-sent events)' })
  async follow(
    @Query(new ZodPipe(streamSchema)) { chain }: z.output<typeof streamSchema>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Caller() caller: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (chain !== undefined) await this.chains.get(chain, caller);
    const after = lastEventId ? parseWith(indexSchema, lastEventId) : undefined;
    await this.streams.open(
      { caller, ...(chain !== undefined && { chain }), ...(after !== undefined && { after }) },
      reply,
    );
  }
}
