import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RpcProbe } from './rpc-probe.js';

const hash = (byte: string) => `0x${byte.repeat(32)}`;
const head = { number: 7, hash: hash('07'), stateRoot: hash('aa'), timestamp: 1_700_000_000 };
const safe = { number: 5, hash: hash('05') };
const status = { head, safe, finalized: safe, txTotal: 9 };

let node: Server;
let rpcUrl: string;
/** One list of methods for each request. */
const asked: string[][] = [];

beforeAll(async () => {
  node = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const calls = JSON.parse(body) as { id: number; method: string }[];
    asked.push(calls.map(({ method }) => method));
    const results: Record<string, unknown> = { eth_chainId: '0x2a', flotilla_status: status };
    const answers = calls.map(({ id, method }) => ({
      jsonrpc: '2.0',
      id,
      result: results[method],
    }));
    response.end(JSON.stringify(answers));
  });
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  rpcUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}/`;
});

afterAll(() => new Promise((resolve) => node.close(resolve)));

it('asks each run once where the chain stands, and for no block: an answer with a full one takes a thread', async () => {
  const serving: unknown[] = [];
  const probe = new RpcProbe({
    onServing: async (chain, heads) => {
      serving.push([chain, heads]);
    },
  });
  const run = (pid: number) =>
    probe.probe({ chain: 'shop', instance: 'shop-0', state: 'running', pid, rpcUrl });
  expect(await run(1)).toEqual({ healthy: true, chainId: 42 });
  await run(1);
  await run(2);
  const news = ['shop', { head, safe, finalized: safe }];
  expect(serving).toEqual([news, news]);
  const first = ['eth_chainId', 'flotilla_status'];
  expect(asked).toEqual([first, ['eth_chainId'], first]);
});

it('says why a node is not healthy', async () => {
  const probe = new RpcProbe({ onServing: async () => {} });
  const instance = { chain: 'shop', instance: 'shop-0', state: 'running', pid: 1 } as const;
  expect(await probe.probe(instance)).toEqual({ healthy: false, reason: 'not serving yet' });
  const gone = await probe.probe({ ...instance, rpcUrl: 'http://127.0.0.1:1/' });
  expect(gone).toMatchObject({ healthy: false, reason: expect.any(String) });
});
