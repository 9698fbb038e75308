import { Metrics } from '@flotilla/platform';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AllowRoles, OpenFromLoopback } from '../auth/access.js';
import { ApiError, ApiErrorCode } from '../errors.js';
import type { ApiRequest } from '../http/request.js';

@ApiTags('health')
@ApiBearerAuth()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @OpenFromLoopback()
  @AllowRoles('admin', 'viewer')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'Prometheus metrics of the whole fleet; no key needed from loopback' })
  async get(@Req() request: ApiRequest, @Res() reply: FastifyReply): Promise<void> {
    if (request.principal && request.principal.tenant !== null) {
      throw new ApiError(ApiErrorCode.Forbidden, "the figures are the whole fleet's");
    }
    await reply.header('content-type', this.metrics.contentType).send(await this.metrics.text());
  }
}
