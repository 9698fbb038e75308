import { decodeMessage, encodeMessage } from './codec.js';
import { MessagingErrorCode } from './errors.js';
import { Messages } from './messages.js';

const envelope = { v: 1, id: 'm1', at: 1, chain: 'shop', data: { reason: 'asked' } } as const;
const { schema } = Messages.checkpointPropose;
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const invalid = expect.objectContaining({ code: MessagingErrorCode.InvalidMessage });

describe('the message codec', () => {
  it('round-trips', () => {
    expect(decodeMessage(schema, encodeMessage(schema, envelope))).toEqual(envelope);
  });

  it('drops fields it does not know, so that v1 can grow', () => {
    const newer = { ...envelope, trace: 'x', data: { reason: 'asked', urgent: true } };
    expect(decodeMessage(schema, bytes(newer))).toEqual(envelope);
  });

  it.each([
    ['another version', { ...envelope, v: 2 }],
    ['missing data', { ...envelope, data: {} }],
    ['a wrong type', { ...envelope, at: 'now' }],
    ['no object', 7],
  ])('refuses %s', (_, value) => {
    expect(() => decodeMessage(schema, bytes(value))).toThrow(invalid);
  });

  it('refuses what is not JSON or not UTF-8', () => {
    expect(() => decodeMessage(schema, new Uint8Array([0x7b]))).toThrow(invalid);
    expect(() => decodeMessage(schema, new Uint8Array([0x22, 0xff, 0x22]))).toThrow(invalid);
  });

  it('refuses to send what does not fit', () => {
    const wrong = { ...envelope, data: { reason: 'x'.repeat(201) } };
    expect(() => encodeMessage(schema, wrong)).toThrow(invalid);
  });
});
