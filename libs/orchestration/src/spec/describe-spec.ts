import { z } from 'zod';
import { chainSpecSchema } from './chain-spec.schema.js';

export interface SpecField {
  /** Dotted, e.g. `sealing.mode`. */
  readonly path: string;
  readonly type: string;
  /** JSON text, or an empty string when the field has none. */
  readonly default: string;
  readonly description: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === 'object') {
    return `map to ${typeOf(schema.additionalProperties)}`;
  }
  const range =
    schema.minimum !== undefined && schema.maximum !== undefined && schema.maximum < 2 ** 53 - 1
      ? ` ${schema.minimum}–${schema.maximum}`
      : '';
  return `${schema.type ?? 'any'}${range}`;
}

function walk(schema: JsonSchema, prefix: string): SpecField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const path = prefix ? `${prefix}.${key}` : key;
    if (field.properties) return walk(field, path);
    return {
      path,
      type: typeOf(field),
      default: field.default === undefined ? '' : JSON.stringify(field.default),
      description: field.description ?? '',
    };
  });
}

/** One row for each field of the spec, in order, for the reference in the docs. */
export function describeSpec(): SpecField[] {
  return walk(z.toJSONSchema(chainSpecSchema, { io: 'input' }) as JsonSchema, '');
}
