import { SeededRandom } from '@flotilla/testing';
import { closeFrame, encodeFrame, Opcode, readHeader } from './frame.js';
import { FrameStream } from './frame-stream.js';
import { MessageCollector } from './message-collector.js';

const seed = Number(process.env.TEST_SEED ?? 20_261_121);
const text = (size: number, from: 'client' | 'server' = 'client') =>
  encodeFrame(Opcode.Text, Buffer.alloc(size, 'x'), from);
const keep = () => false;

/** The same bytes in pieces of random sizes. */
function* torn(bytes: Buffer, random: SeededRandom): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(40);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('frames', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536])('has a header for %i bytes', (size) => {
    for (const from of ['client', 'server'] as const) {
      const frame = text(size, from);
      const header = readHeader(frame, 0)!;
      expect(header).toMatchObject({ isFinal: true, opcode: Opcode.Text, payloadSize: size });
      expect(header.size + size).toBe(frame.length);
      expect(readHeader(frame.subarray(0, header.size - 1), 0)).toBeUndefined();
    }
  });
});

describe('FrameStream', () => {
  it('passes on everything but what is taken out, however it is torn', () => {
    process.stdout.write(`TEST_SEED=${seed}\n`);
    const random = new SeededRandom(seed);
    const ping = encodeFrame(Opcode.Ping, Buffer.from('stay'), 'server');
    const taken = encodeFrame(Opcode.Ping, Buffer.from('take'), 'server');
    for (let round = 0; round < 50; round++) {
      const parts = Array.from({ length: 12 }, (_, i) =>
        i % 4 === 3 ? (i % 8 === 3 ? taken : ping) : text(random.below(300)),
      );
      const stream = new FrameStream();
      const passed: Buffer[] = [];
      for (const chunk of torn(Buffer.concat(parts), random)) {
        const pieces = stream.push(chunk, (_, payload) => payload.toString() === 'take');
        passed.push(...(pieces as Buffer[]));
      }
      const expected = Buffer.concat(parts.filter((part) => part !== taken));
      expect(Buffer.concat(passed).equals(expected)).toBe(true);
      expect(stream.takeMessages()).toBe(9);
      expect(stream.isBetweenMessages).toBe(true);
    }
  });

  it('knows when it is in the middle of a message', () => {
    const stream = new FrameStream();
    const frame = text(10);
    stream.push(frame.subarray(0, 9), keep);
    expect(stream.isBetweenMessages).toBe(false);
    stream.push(frame.subarray(9), keep);
    expect(stream.isBetweenMessages).toBe(true);
    const first = text(10);
    first[0] &= 0x7f;
    stream.push(first, keep);
    expect(stream.isBetweenMessages).toBe(false);
    expect(stream.takeMessages()).toBe(2);
  });

  it('gives back a beginning that it held', () => {
    const stream = new FrameStream();
    const frame = text(10);
    expect(Buffer.concat(stream.push(frame.subarray(0, 3), keep) as Buffer[])).toHaveLength(0);
    expect(stream.takeCarry().equals(frame.subarray(0, 3))).toBe(true);
  });

  it('refuses a control frame that no WebSocket has', () => {
    expect(new FrameStream().push(Buffer.from([0x88, 126, 1, 0]), keep)).toBe('malformed');
  });
});

describe('MessageCollector', () => {
  it('gathers messages of several frames, with control frames in between', () => {
    const first = encodeFrame(Opcode.Text, Buffer.from('one '), 'client');
    first[0] &= 0x7f;
    const last = encodeFrame(0, Buffer.from('message'), 'client');
    const bytes = Buffer.concat([
      first,
      encodeFrame(Opcode.Ping, Buffer.from('?'), 'client'),
      last,
    ]);
    const collector = new MessageCollector();
    const collected: unknown[] = [];
    for (const chunk of torn(bytes, new SeededRandom(seed))) {
      collector.add(chunk);
      for (let next = collector.next(); next !== undefined; next = collector.next()) {
        collected.push(next);
      }
    }
    expect(collected).toMatchObject([
      { kind: 'control', opcode: Opcode.Ping },
      { kind: 'message', text: 'one message', raw: Buffer.concat([first, last]) },
    ]);
    expect(collector.size).toBe(0);
  });

  it('keeps what is incomplete as it came', () => {
    const collector = new MessageCollector();
    collector.add(text(20).subarray(0, 11));
    expect(collector.next()).toBeUndefined();
    expect(collector.take()).toHaveLength(11);
    expect(collector.size).toBe(0);
  });

  it('knows by its header that a message will be too long', () => {
    const collector = new MessageCollector();
    collector.add(text(300).subarray(0, 11));
    expect(collector.next(300)).toBeUndefined();
    expect(collector.next(299)).toBe('too long');
  });

  it('refuses a control frame that no WebSocket has', () => {
    const collector = new MessageCollector();
    collector.add(Buffer.from([0x80 | Opcode.Ping, 127, 0, 0, 1, 0, 0, 0, 0, 0]));
    expect(collector.next()).toBe('malformed');
  });
});

it('says in a close frame why', () => {
  const frame = closeFrame(1012, 'restart');
  expect(frame.readUInt16BE(2)).toBe(1012);
  expect(frame.subarray(4).toString()).toBe('restart');
});
