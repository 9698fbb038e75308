import { z } from 'zod';

/** A count in a query string. */
export const limitSchema = (max: number, fallback: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

export const indexSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const pageSchema = z.strictObject({
  limit: limitSchema(500, 100),
  before: indexSchema.optional(),
});

/** 1 to 40 lower-case letters, digits and hyphens. */
export const tenantSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$|^[a-z0-9]$/, 'not a tenant name');
