import { addressSchema, wordSchema } from '@flotilla/orchestration';
import { CheckpointStore } from '@flotilla/persistence';
import { Body, Controller, Get, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/access.js';
import { ChainsService } from '../chains/chains.service.js';
import { ApiError, ApiErrorCode } from '../errors.js';
import { indexSchema, pageSchema } from '../http/query.schema.js';
import type { Principal } from '../http/request.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { AnchoringRelay } from '../relay/anchoring-relay.js';
import { RootConnection } from '../root-chain/root-connection.js';
import { SleepService } from '../sleep/sleep.service.js';
import { makeBundle } from './bundles.js';
import { type CheckpointView, viewCheckpoint } from './checkpoint-view.js';

const MAX_SIGNATURES = 64;

const submitSchema = z
  .strictObject({
    checkpoint: z.record(z.string(), z.unknown()).optional(),
    signatures: z
      .array(
        z
          .string()
          .regex(/^0x[0-9a-fA-F]{130}$/, 'not 65 bytes in hex')
          .transform((text) => text.toLowerCase() as `0x${string}`),
      )
      .min(1)
      .max(MAX_SIGNATURES)
      .optional(),
  })
  .refine((body) => (body.checkpoint === undefined) === (body.signatures === undefined), {
    message: 'a checkpoint and its signatures come together',
  });

const bundleSchema = z
  .strictObject({
    account: addressSchema.optional(),
    slot: z
      .string()
      .transform((text, context) => {
        const hex = /^[0-9]{1,78}$/.test(text) ? `0x${BigInt(text).toString(16)}` : text;
        const word = wordSchema.safeParse(hex);
        if (word.success) return word.data;
        context.addIssue({ code: 'custom', message: 'not a storage slot' });
        return z.NEVER;
      })
      .optional(),
  })
  .refine((query) => query.slot === undefined || query.account !== undefined, {
    path: ['slot'],
    message: 'a slot belongs to an account: name it',
  });

@ApiTags('checkpoints')
@ApiBearerAuth()
@Controller('chains/:name/checkpoints')
export class CheckpointsController {
  constructor(
    private readonly chains: ChainsService,
    private readonly checkpoints: CheckpointStore,
    private readonly relay: AnchoringRelay,
    private readonly root: RootConnection,
    private readonly sleep: SleepService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What the chain committed to, newest first' })
  async list(
    @Param('name') name: string,
    @Query(new ZodPipe(pageSchema)) { limit, before }: z.output<typeof pageSchema>,
    @Caller() caller: Principal,
  ): Promise<{ items: CheckpointView[] }> {
    const chain = await this.chains.get(name, caller);
    const records = await this.checkpoints.list(chain.id, limit, before);
    return { items: records.map((record) => viewCheckpoint(record, chain)) };
  }

  @Get(':index')
  @ApiOperation({ summary: 'One checkpoint' })
  async get(
    @Param('name') name: string,
    @Param('index', new ZodPipe(indexSchema)) index: number,
    @Caller() caller: Principal,
  ): Promise<CheckpointView> {
    const chain = await this.chains.get(name, caller);
    const record = await this.checkpoints.find(chain.id, index);
    if (record) return viewCheckpoint(record, chain);
    throw noCheckpoint(index);
  }

  @Post()
  @ApiOperation({
    summary:
      'Anchor now (empty body), or hand in a signed checkpoint of a chain that runs elsewhere',
  })
  @ApiBody({ required: false, schema: z.toJSONSchema(submitSchema, { io: 'input' }) as object })
  async submit(
    @Param('name') name: string,
    @Body(new ZodPipe(submitSchema)) body: z.output<typeof submitSchema>,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CheckpointView | { requested: true }> {
    const chain = await this.chains.get(name, caller);
    const { checkpoint, signatures } = body;
    if (checkpoint === undefined || signatures === undefined) {
      const { phase } = (await this.sleep.awake(chain, 'a checkpoint was asked for')).status;
      if (chain.spec.runtime === 'external' || phase !== 'Running') {
        const why = 'only a running chain of ours can be asked to anchor';
        throw new ApiError(ApiErrorCode.WrongPhase, why);
      }
      this.relay.requestProposal(chain, 'requested by API');
      void reply.status(HttpStatus.ACCEPTED);
      return { requested: true };
    }
    if (chain.spec.runtime !== 'external') {
      const why = 'a chain that runs here signs its checkpoints itself';
      throw new ApiError(ApiErrorCode.WrongPhase, why);
    }
    const { index } = await this.relay.submit(chain, checkpoint, signatures);
    void reply.status(HttpStatus.CREATED);
    return this.get(name, index, caller);
  }

  @Get(':index/bundle')
  @ApiQuery({ name: 'account', required: false, type: String })
  @ApiQuery({ name: 'slot', required: false, type: String })
  @ApiOperation({ summary: 'A proof bundle; every byte of it counts' })
  async bundle(
    @Param('name') name: string,
    @Param('index', new ZodPipe(indexSchema)) index: number,
    @Query(new ZodPipe(bundleSchema)) wish: z.output<typeof bundleSchema>,
    @Caller() caller: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const chain = await this.chains.get(name, caller);
    const record = await this.checkpoints.find(chain.id, index);
    if (!record || record.state === 'proposed') throw noCheckpoint(index);
    const awake = await this.sleep.awake(chain, 'a proof was asked for');
    const text = await makeBundle(awake, { index, ...wish }, this.root);
    await reply.header('content-type', 'application/json').send(text);
  }
}

function noCheckpoint(index: number): ApiError {
  return new ApiError(
    ApiErrorCode.CheckpointNotFound,
    `there is no checkpoint ${index} on the root`,
  );
}
