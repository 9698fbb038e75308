import type { RuntimeDriver } from '@flotilla/orchestration';
import { EventStore, type StoredChain } from '@flotilla/persistence';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { LocalNodeFolders } from '../adapters/local-node-folders.js';
import { Caller } from '../auth/access.js';
import { ApiError, ApiErrorCode } from '../errors.js';
import { toEventView } from '../events/event-view.js';
import { pageSchema } from '../http/query.schema.js';
import type { Principal } from '../http/request.js';
import { parseWith, ZodPipe } from '../http/zod.pipe.js';
import { recentBlocks, recentTransactions } from '../rpc/recent.js';
import type { Settings } from '../settings.js';
import { SleepService } from '../sleep/sleep.service.js';
import { LiveChains } from '../telemetry/live-chains.js';
import { RUNTIME_DRIVER, SETTINGS } from '../tokens.js';
import {
  type CreateChainRequest,
  createChainJsonSchema,
  createChainSchema,
  ifMatchSchema,
  type ListChainsQuery,
  listChainsSchema,
  logsSchema,
  recentSchema,
  updateChainSchema,
  type WaitQuery,
  waitSchema,
} from './chain.schema.js';
import { type ChainView, viewChain } from './chain-view.js';
import { ChainsService } from './chains.service.js';

@ApiTags('chains')
@ApiBearerAuth()
@Controller('chains')
export class ChainsController {
  constructor(
    private readonly chains: ChainsService,
    private readonly live: LiveChains,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly events: EventStore,
    @Inject(RUNTIME_DRIVER) private readonly driver: RuntimeDriver,
    private readonly folders: LocalNodeFolders,
    private readonly sleeping: SleepService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a chain; repeating the same call is harmless' })
  @ApiBody({ schema: createChainJsonSchema as object })
  @ApiQuery({ name: 'wait', required: false, enum: ['running'] })
  @ApiQuery({ name: 'timeoutMs', required: false, type: Number })
  async create(
    @Body(new ZodPipe(createChainSchema)) body: CreateChainRequest,
    @Query(new ZodPipe(waitSchema)) query: WaitQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const { chain, created } = await this.chains.create(body, caller);
    const answer = query.wait ? await this.chains.waitRunning(chain, query.timeoutMs) : chain;
    void reply.status(created ? 201 : 200).header('location', `/api/v1/chains/${chain.name}`);
    return this.#view(answer, reply);
  }

  @Get()
  @ApiOperation({ summary: 'Chains by name, page by page' })
  @ApiQuery({ name: 'limit', required: false, type: Number })
  @ApiQuery({ name: 'cursor', required: false, type: String })
  @ApiQuery({ name: 'phase', required: false, type: String })
  @ApiQuery({ name: 'tenant', required: false, type: String })
  async list(
    @Query(new ZodPipe(listChainsSchema)) query: ListChainsQuery,
    @Caller() caller: Principal,
  ): Promise<{ items: ChainView[]; nextCursor: string | null }> {
    const { items, nextCursor } = await this.chains.list(query, caller);
    return { items: items.map((chain) => this.#view(chain)), nextCursor };
  }

  @Get(':name')
  @ApiOperation({ summary: 'One chain' })
  @ApiQuery({ name: 'wait', required: false, enum: ['running'] })
  @ApiQuery({ name: 'timeoutMs', required: false, type: Number })
  async get(
    @Param('name') name: string,
    @Query(new ZodPipe(waitSchema)) query: WaitQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const chain = await this.chains.get(name, caller);
    const answer = query.wait ? await this.chains.waitRunning(chain, query.timeoutMs) : chain;
    return this.#view(answer, reply);
  }

  @Patch(':name')
  @ApiOperation({ summary: 'Change what may change after creation; null takes a field away' })
  @ApiBody({
    schema: { type: 'object', required: ['spec'], properties: { spec: { type: 'object' } } },
  })
  @ApiQuery({ name: 'wait', required: false, enum: ['running'] })
  @ApiQuery({ name: 'timeoutMs', required: false, type: Number })
  async patch(
    @Param('name') name: string,
    @Body(new ZodPipe(updateChainSchema)) body: z.output<typeof updateChainSchema>,
    @Query(new ZodPipe(waitSchema)) query: WaitQuery,
    @Headers() headers: Record<string, string>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const version = ifMatch(headers);
    const chain = await this.chains.patch(name, body.spec, caller, version);
    const answer = query.wait ? await this.chains.waitRunning(chain, query.timeoutMs) : chain;
    return this.#view(answer, reply);
  }

  @Delete(':name')
  @HttpCode(202)
  @ApiOperation({ summary: 'Drain and archive; the data is kept' })
  async remove(
    @Param('name') name: string,
    @Headers() headers: Record<string, string>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const version = ifMatch(headers);
    return this.#view(await this.chains.setDesired(name, 'archived', caller, version), reply);
  }

  @Post(':name/pause')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop the process; data and URL stay' })
  async pause(
    @Param('name') name: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    return this.#view(await this.chains.setDesired(name, 'paused', caller), reply);
  }

  @Post(':name/resume')
  @HttpCode(202)
  @ApiOperation({ summary: 'Start a paused chain, or give a failed one another try' })
  @ApiQuery({ name: 'wait', required: false, enum: ['running'] })
  async resume(
    @Param('name') name: string,
    @Query(new ZodPipe(waitSchema)) query: WaitQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const chain = await this.chains.setDesired(name, 'running', caller);
    const answer = query.wait ? await this.chains.waitRunning(chain, query.timeoutMs) : chain;
    return this.#view(answer, reply);
  }

  @Post(':name/restart')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Replace its processes by ones with the code that is installed now; requests wait',
  })
  @ApiQuery({ name: 'wait', required: false, enum: ['running'] })
  @ApiQuery({ name: 'timeoutMs', required: false, type: Number })
  async restart(
    @Param('name') name: string,
    @Query(new ZodPipe(waitSchema)) query: WaitQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const chain = await this.chains.restart(name, caller);
    const answer = query.wait ? await this.chains.waitRunning(chain, query.timeoutMs) : chain;
    return this.#view(answer, reply);
  }

  @Post(':name/sleep')
  @HttpCode(202)
  @ApiOperation({
    summary: 'End the process until somebody needs the chain; the first request wakes it',
  })
  async sleep(
    @Param('name') name: string,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const chain = await this.chains.get(name, caller);
    return this.#view(await this.sleeping.sleep(chain, 'asked for by API'), reply);
  }

  @Post(':name/wake')
  @HttpCode(202)
  @ApiOperation({ summary: 'Wake a sleeping chain; harmless for one that runs' })
  @ApiQuery({ name: 'wait', required: false, enum: ['running'] })
  @ApiQuery({ name: 'timeoutMs', required: false, type: Number })
  async wake(
    @Param('name') name: string,
    @Query(new ZodPipe(waitSchema)) query: WaitQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChainView> {
    const asleep = await this.chains.get(name, caller);
    const chain = await this.sleeping.wake(asleep, 'asked for by API');
    const answer = query.wait ? await this.chains.waitRunning(chain, query.timeoutMs) : chain;
    return this.#view(answer, reply);
  }

  @Get(':name/blocks')
  @ApiOperation({ summary: 'The newest blocks, newest first' })
  async blocks(
    @Param('name') name: string,
    @Query(new ZodPipe(recentSchema)) { limit }: z.output<typeof recentSchema>,
    @Caller() caller: Principal,
  ) {
    return { items: await recentBlocks(await this.#nodeUrl(name, caller), limit) };
  }

  @Get(':name/transactions')
  @ApiOperation({ summary: 'The newest transactions, newest first' })
  async transactions(
    @Param('name') name: string,
    @Query(new ZodPipe(recentSchema)) { limit }: z.output<typeof recentSchema>,
    @Caller() caller: Principal,
  ) {
    return { items: await recentTransactions(await this.#nodeUrl(name, caller), limit) };
  }

  @Get(':name/logs')
  @ApiOperation({ summary: "The tail of the node's log, oldest line first" })
  async logs(
    @Param('name') name: string,
    @Query(new ZodPipe(logsSchema)) { lines }: z.output<typeof logsSchema>,
    @Caller() caller: Principal,
  ) {
    const chain = await this.chains.get(name, caller);
    return { lines: await this.driver.logs(this.folders.instance(chain), { lines }) };
  }

  @Get(':name/events')
  @ApiOperation({ summary: 'What happened to the chain, newest first' })
  async history(
    @Param('name') name: string,
    @Query(new ZodPipe(pageSchema)) { limit, before }: z.output<typeof pageSchema>,
    @Caller() caller: Principal,
  ) {
    const chain = await this.chains.get(name, caller);
    const filter = { tenant: chain.tenant, chain: chain.name, limit };
    return { items: (await this.events.recent(before, filter)).map(toEventView) };
  }

  async #nodeUrl(name: string, caller: Principal): Promise<string> {
    const { nodeRpcUrl, phase } = (await this.chains.get(name, caller)).status;
    if (nodeRpcUrl !== null) return nodeRpcUrl;
    throw new ApiError(ApiErrorCode.ChainUnavailable, `the chain is ${phase} and has no process`, {
      retryable: true,
    });
  }

  #view(chain: StoredChain, reply?: FastifyReply): ChainView {
    void reply?.header('etag', `"${chain.version}"`);
    const live = chain.archivedAt === null ? this.live.get(chain.name) : undefined;
    return viewChain(chain, live, this.settings);
  }
}

function ifMatch(headers: Record<string, string>): number | undefined {
  const value = headers['if-match'];
  return value === undefined || value === '*' ? undefined : parseWith(ifMatchSchema, value);
}
