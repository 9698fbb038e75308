import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setProcessNice } from '@flotilla/runtime-drivers';
import { AHEAD } from './priority.js';

// A server that does nothing: how long an answer takes on this machine, whoever gives it.
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":"0x1"}';

setProcessNice(process.pid, AHEAD);
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': ANSWER.length,
    });
    response.end(ANSWER);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send!(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
process.once('disconnect', () => process.exit());
