import { chainSpecSchema } from '@flotilla/orchestration';
import { z } from 'zod';
import { limitSchema, tenantSchema } from '../http/query.schema.js';

export const createChainSchema = z.strictObject({
  name: z.string().max(200),
  spec: z.unknown().optional(),
  /** Admins may create for another tenant. */
  tenant: tenantSchema.optional(),
});
export type CreateChainRequest = z.output<typeof createChainSchema>;

export const updateChainSchema = z.strictObject({ spec: z.record(z.string(), z.unknown()) });

export const waitSchema = z.strictObject({
  wait: z.enum(['running']).optional(),
  timeoutMs: z.coerce.number().int().min(1).max(300_000).default(60_000),
});
export type WaitQuery = z.output<typeof waitSchema>;

export const listChainsSchema = z.strictObject({
  limit: limitSchema(500, 100),
  /** `<name>~<key>` of the last chain of the page before. */
  cursor: z
    .string()
    .regex(/^[a-z0-9-]{1,40}~[0-9a-f-]{36}$/, 'not a cursor of ours')
    .transform((text) => ({ name: text.split('~')[0], id: text.split('~')[1] }))
    .optional(),
  phase: z
    .enum([
      'Requested',
      'Provisioning',
      'Running',
      'Sleeping',
      'Paused',
      'Draining',
      'Archived',
      'Failed',
    ])
    .optional(),
  tenant: tenantSchema.optional(),
});
export type ListChainsQuery = z.output<typeof listChainsSchema>;

export const recentSchema = z.strictObject({ limit: limitSchema(100, 20) });
export const logsSchema = z.strictObject({ lines: limitSchema(1_000, 200) });
export const ifMatchSchema = z
  .string()
  .regex(/^(?:W\/)?"\d{1,9}"$/, 'not an ETag of ours')
  .transform((text) => Number(text.replace(/\D/g, '')));

/** For the OpenAPI document. */
export const createChainJsonSchema = z.toJSONSchema(
  createChainSchema.extend({ spec: chainSpecSchema.optional() }),
  { io: 'input' },
);
