import type { z } from 'zod';
import { MessagingError, MessagingErrorCode } from './errors.js';
import { envelopeSchema } from './message.schema.js';

/** What every message carries around its data. */
export interface Envelope<Data> {
  readonly v: 1;
  /** Unique per message; commands are acknowledged by it. */
  readonly id: string;
  /** Unix milliseconds at the sender. */
  readonly at: number;
  readonly chain: string;
  readonly data: Data;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws MessagingError `INVALID_MESSAGE` when the data does not fit its schema. */
export function encodeMessage<Data>(schema: z.ZodType<Data>, envelope: Envelope<Data>): Uint8Array {
  const data = check(schema, envelope.data);
  return encoder.encode(JSON.stringify({ ...envelope, data }));
}

/** @throws MessagingError `INVALID_MESSAGE` for anything but a v1 envelope with fitting data. */
export function decodeMessage<Data>(schema: z.ZodType<Data>, bytes: Uint8Array): Envelope<Data> {
  const envelope = check(envelopeSchema, parseJson(bytes));
  return { ...envelope, data: check(schema, envelope.data) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new MessagingError(MessagingErrorCode.InvalidMessage, 'not JSON', { cause });
  }
}

function check<Data>(schema: z.ZodType<Data>, value: unknown): Data {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') || 'message';
  throw new MessagingError(MessagingErrorCode.InvalidMessage, `${where}: ${issue?.message}`);
}
