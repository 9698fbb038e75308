import { parseServerSentEvents, type ServerSentEvent } from './sse.js';

async function parse(...chunks: string[]): Promise<ServerSentEvent[]> {
  async function* source() {
    yield* chunks;
  }
  const events: ServerSentEvent[] = [];
  for await (const event of parseServerSentEvents(source())) events.push(event);
  return events;
}

describe('parseServerSentEvents', () => {
  it('reads type, id and data, and joins lines of data', async () => {
    expect(await parse('id: 7\nevent: chain.phase\ndata: {"a":\ndata: 1}\n\n')).toEqual([
      { id: '7', event: 'chain.phase', data: '{"a":\n1}' },
    ]);
  });

  it('skips comments and blocks without data, but keeps their id', async () => {
    expect(await parse(': ping\n\nid: 8\n\n', 'data: x\n\n')).toEqual([
      { id: '8', event: 'message', data: 'x' },
    ]);
  });

  it('does not care where the chunks are cut, nor how lines end', async () => {
    const text = 'id: 1\r\nevent: e\r\ndata: one\r\n\r\ndata: two\r\n\r\n';
    const whole = await parse(text);
    expect(whole).toHaveLength(2);
    for (let cut = 1; cut < text.length; cut++) {
      expect(await parse(text.slice(0, cut), text.slice(cut))).toEqual(whole);
    }
  });

  it('drops an unfinished event', async () => {
    expect(await parse('data: lost\n')).toEqual([]);
  });
});
