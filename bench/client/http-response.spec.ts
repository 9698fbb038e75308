import { HttpResponseReader } from './http-response.js';

const read = (...chunks: string[]) => {
  const reader = new HttpResponseReader();
  return chunks.map((chunk) => reader.push(Buffer.from(chunk))?.body.toString());
};

describe('HTTP responses', () => {
  it('reads a body of known length', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')).toEqual(['hello']);
  });

  it('reads a chunked body', () => {
    expect(
      read(
        'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n',
      ),
    ).toEqual(['hello!']);
  });

  it.each([
    'HTTP/1.1 503 Busy\r\ncontent-length: 4\r\nx: y\r\n\r\nbusy',
    'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbu\r\n2\r\nsy\r\n0\r\n\r\n',
  ])('waits for the rest, wherever the network cuts', (text) => {
    for (let cut = 1; cut < text.length; cut++) {
      const reader = new HttpResponseReader();
      expect(reader.push(Buffer.from(text.slice(0, cut)))).toBeUndefined();
      const response = reader.push(Buffer.from(text.slice(cut)));
      expect([response?.status, response?.body.toString()]).toEqual([503, 'busy']);
    }
  });

  it('says when the connection ends with the answer', () => {
    const head = 'HTTP/1.1 429 Refused\r\ncontent-length: 1\r\n';
    const closes = (more: string) =>
      new HttpResponseReader().push(Buffer.from(`${head}${more}\r\na`))?.closes;
    expect([closes(''), closes('Connection: close\r\n')]).toEqual([false, true]);
  });

  it('reads one response after the other', () => {
    const one = 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n';
    expect(read(`${one}a`, `${one}b`)).toEqual(['a', 'b']);
  });
});
