import { AuditStore } from '@flotilla/persistence';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { AllowRoles } from '../auth/access.js';
import { pageSchema } from '../http/query.schema.js';
import { ZodPipe } from '../http/zod.pipe.js';

@ApiTags('audit')
@ApiBearerAuth()
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditStore) {}

  @Get()
  @AllowRoles('admin')
  @ApiOperation({ summary: 'Every call that could change something, newest first' })
  async list(@Query(new ZodPipe(pageSchema)) { limit, before }: z.output<typeof pageSchema>) {
    const rows = await this.audit.recent(limit, before);
    return { items: rows.map((row) => ({ ...row, id: String(row.id) })) };
  }
}
