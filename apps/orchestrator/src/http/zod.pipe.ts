import type { PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { ApiError, ApiErrorCode, type FieldProblem } from '../errors.js';

/** Bodies, queries and parameters through one schema each. */
export class ZodPipe<Schema extends z.ZodType> implements PipeTransform {
  constructor(
    readonly schema: Schema,
    readonly code: ApiErrorCode = ApiErrorCode.InvalidRequest,
  ) {}

  transform(value: unknown): z.output<Schema> {
    return parseWith(this.schema, value ?? {}, this.code);
  }
}

/** @throws ApiError with `code`, naming each field */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ApiErrorCode = ApiErrorCode.InvalidRequest,
  prefix: readonly string[] = [],
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).flatMap((issue): FieldProblem[] => {
    const at = [...prefix, ...issue.path.map(String)];
    if (issue.code !== 'unrecognized_keys') return [{ path: at.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...at, key].join('.'), message: 'unknown field' }));
  });
  const first = errors[0];
  const detail = first ? `${first.path || 'body'}: ${first.message}` : 'not valid';
  throw new ApiError(code, detail, { data: { errors } });
}
