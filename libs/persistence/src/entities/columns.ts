import type { ValueTransformer } from 'typeorm';

/** int8 arrives as text; all of ours are safe integers. */
export const safeInteger: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};
