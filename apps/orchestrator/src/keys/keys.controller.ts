import { type ApiKeyRecord, ApiKeyStore } from '@flotilla/persistence';
import { createApiKey, hashApiKey } from '@flotilla/platform';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowRoles, Caller } from '../auth/access.js';
import { Authenticator } from '../auth/authenticator.js';
import { ApiError, ApiErrorCode } from '../errors.js';
import { EventStreams } from '../events/event-streams.js';
import { tenantSchema } from '../http/query.schema.js';
import type { Principal } from '../http/request.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { KeyAnnouncer } from '../messaging/key-announcer.js';

const createKeySchema = z
  .strictObject({
    role: z.enum(['admin', 'tenant', 'viewer', 'rpc']),
    tenant: tenantSchema.optional(),
    label: z.string().max(100).default(''),
  })
  .refine((key) => key.role !== 'tenant' || key.tenant !== undefined, {
    path: ['tenant'],
    message: 'a tenant key names its tenant',
  })
  .refine((key) => key.role !== 'admin' || key.tenant === undefined, {
    path: ['tenant'],
    message: 'an admin key has no tenant',
  });

@ApiTags('keys')
@ApiBearerAuth()
@Controller()
export class KeysController {
  constructor(
    private readonly keys: ApiKeyStore,
    private readonly authenticator: Authenticator,
    private readonly streams: EventStreams,
    private readonly announcer: KeyAnnouncer,
  ) {}

  @Post('keys')
  @AllowRoles('admin')
  @ApiOperation({ summary: 'A new key; this answer alone ever shows it' })
  @ApiBody({ schema: z.toJSONSchema(createKeySchema, { io: 'input' }) as object })
  async create(
    @Body(new ZodPipe(createKeySchema)) body: z.output<typeof createKeySchema>,
  ): Promise<ApiKeyRecord & { readonly key: string }> {
    const key = createApiKey();
    const { role, tenant = null, label } = body;
    const hash = hashApiKey(key);
    const record = await this.keys.create({ hash, role, tenant, label });
    await this.announcer.created({ hash, tenant });
    return { ...record, key };
  }

  @Get('keys')
  @AllowRoles('admin')
  @ApiOperation({ summary: 'All keys, newest first, without the keys themselves' })
  async list(): Promise<{ items: readonly ApiKeyRecord[] }> {
    return { items: await this.keys.list() };
  }

  @Delete('keys/:id')
  @AllowRoles('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key at once' })
  async revoke(@Param('id') id: string): Promise<void> {
    const found = z.uuid().safeParse(id).success ? await this.keys.revoke(id) : undefined;
    this.authenticator.forget();
    this.streams.shutOut(id);
    if (found) await this.announcer.revoked(found);
    else throw new ApiError(ApiErrorCode.KeyNotFound, 'there is no such key');
  }

  @Get('me')
  @ApiOperation({ summary: 'Whose key this is' })
  me(@Caller() caller: Principal) {
    const { keyId: id, role, tenant, label } = caller;
    return { id, role, tenant, label };
  }
}
