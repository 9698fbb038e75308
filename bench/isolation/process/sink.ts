import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { WebSocketServer } from 'ws';
import type { SinkAddress } from '../channel.js';
import { answerParent } from './remote.js';

const REFUSAL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  error: { code: -32005, message: 'limit exceeded', data: { code: 'SINK' } },
});

/** Reads what the attacker sends, and refuses it: his work is the same, and nobody else does any. */
function listenForHttp(): Server {
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      response.writeHead(429, { 'content-type': 'application/json' }).end(REFUSAL);
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('message', () => socket.send(REFUSAL));
    socket.on('error', () => socket.terminate());
  });
  return server;
}

const INFO = {
  server_id: 'SINK',
  server_name: 'sink',
  version: '2.12.0',
  proto: 1,
  headers: true,
  max_payload: 2 ** 20,
};

/** As much of a NATS server as a publisher sees. */
function listenForNats(): Server {
  return createTcpServer((socket) => {
    socket.write(`INFO ${JSON.stringify(INFO)}\r\n`);
    socket.on('data', (chunk) => {
      if (chunk.includes('PING\r\n')) socket.write('PONG\r\n');
    });
    socket.on('error', () => socket.destroy());
  });
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

answerParent({
  listen: async (): Promise<SinkAddress> => ({
    httpUrl: `http://127.0.0.1:${await portOf(listenForHttp())}/`,
    natsUrl: `nats://127.0.0.1:${await portOf(listenForNats())}`,
  }),
});
