import { z } from 'zod';
import { SIZE_NAMES } from './sizes.js';

const MAX_WORKERS = 32;
const MAX_REPLICAS = 8;

const range = (most: number, defaults: { min: number; max: number }, what: string) =>
  z
    .strictObject({
      min: z
        .int()
        .min(defaults.min === 0 ? 0 : 1)
        .max(most)
        .default(defaults.min)
        .describe(`${what} at least`),
      max: z.int().min(0).max(most).default(defaults.max).describe(`${what} at most`),
    })
    .refine(({ min, max }) => min <= max, { path: ['max'], message: 'less than the minimum' })
    .prefault({});

/** Between what a chain grows and shrinks by itself. */
export const scaleSchema = z.strictObject({
  replicas: range(
    MAX_REPLICAS,
    { min: 0, max: 0 },
    'Read replicas: instances that re-execute every block and share the reads;',
  ),
  workers: range(
    MAX_WORKERS,
    { min: 3, max: 8 },
    'Threads for calls and queries of each instance;',
  ),
  maxSize: z
    .enum(SIZE_NAMES)
    .optional()
    .describe(
      'The largest size it may grow to when workers and replicas are at their most; never when absent; not with `limits`',
    ),
});
