import { createServer, type Server } from 'node:net';
import { UpErrorCode } from './errors.js';
import { internalPort, isFree, publicPort } from './ports.js';

let taken: Server;
let port: number;

beforeAll(async () => {
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  port = (taken.address() as { port: number }).port;
});

afterAll(() => new Promise((resolve) => taken.close(resolve)));

const request = { variable: 'FLOTILLA_API_PORT', host: '127.0.0.1', except: [] };

it('takes the next free port for a default that is taken, and says which was meant', async () => {
  const found = await publicPort({ ...request, chosen: undefined, byDefault: port });
  expect(found.instead).toBe(port);
  expect(found.port).toBeGreaterThan(port);
  expect(await isFree(found.port)).toBe(true);
});

it('refuses a chosen port that is taken, or is wanted for something else of ours', async () => {
  const refused = expect.objectContaining({ code: UpErrorCode.PortTaken });
  await expect(publicPort({ ...request, chosen: port, byDefault: 1 })).rejects.toEqual(refused);
  const free = await internalPort(undefined);
  await expect(
    publicPort({ ...request, chosen: free, byDefault: 1, except: [free] }),
  ).rejects.toEqual(refused);
});

it('keeps a remembered internal port while it is free', async () => {
  const free = await internalPort(undefined);
  expect(await internalPort(free)).toBe(free);
  expect(await internalPort(port)).not.toBe(port);
});
