import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ExitCode } from './exit-code.js';

const bin = fileURLToPath(new URL('../bin/flotilla.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'flotilla-cli-'));

let server: Server;
let apiUrl = '';
let answer: { status: number; body: unknown };

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true });
});

function flotilla(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const env = { PATH: process.env.PATH, FLOTILLA_HOME: home };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { env });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

const online = (...args: string[]) => flotilla(...args, '--api-url', apiUrl, '--key', 'k');

it.each([
  [['--help'], ExitCode.Ok],
  [['--version'], ExitCode.Ok],
  [['chain', 'create', '--help'], ExitCode.Ok],
  [[], ExitCode.Usage],
  [['chain'], ExitCode.Usage],
  [['chian', 'list'], ExitCode.Usage],
  [['chain', 'create'], ExitCode.Usage],
  [['chain', 'create', 'shop', '--sealing', 'sometimes'], ExitCode.Usage],
  [['chain', 'create', 'shop', '--gas-price', 'much'], ExitCode.Usage],
  [['chain', 'list', '--colour'], ExitCode.Usage],
  [['bench', '--help'], ExitCode.Ok],
  [['bench', 'shop', '--connections', '11'], ExitCode.Usage],
  [['bench', 'shop', '--rate', '0'], ExitCode.Usage],
  [['chain', 'delete', 'shop'], ExitCode.Usage],
  [['checkpoint', 'verify', '/nowhere', '--root-hash', '0x12'], ExitCode.Usage],
  [['checkpoint', 'verify', '/nowhere', '--root-hash', `0x${'11'.repeat(32)}`], ExitCode.Failed],
  [['chain', 'list'], ExitCode.Unavailable],
  [['chain', 'list', '--api-url', 'http://127.0.0.1:1', '--key', 'k'], ExitCode.Unavailable],
  [['chain', 'list', '--api-url', 'http://127.0.0.1:1'], ExitCode.NotAllowed],
])('flotilla %j exits with %i', async (args, code) => {
  expect(await flotilla(...args)).toMatchObject({ code });
});

it('tells what was probably meant', async () => {
  expect((await flotilla('chain', 'lst')).err).toContain('Did you mean list?');
  expect((await flotilla('chain', 'lst')).err).toContain('see `flotilla chain --help`');
  expect((await flotilla('create', 'shop')).err).toContain('did you mean `flotilla chain create`?');
  expect((await flotilla('nonsense')).err).toContain('see `flotilla --help`');
});

it('prints one JSON document and nothing else', async () => {
  answer = { status: 200, body: { items: [], nextCursor: null } };
  const { code, out, err } = await online('chain', 'list', '--json');
  expect({ code, err, out: JSON.parse(out) }).toEqual({ code: 0, err: '', out: [] });
});

it('prints errors on standard error, as JSON when asked', async () => {
  answer = { status: 404, body: { status: 404, code: 'CHAIN_NOT_FOUND', detail: 'no chain' } };
  const human = await online('chain', 'show', 'shop');
  expect(human).toMatchObject({ code: ExitCode.NotFound, out: '' });
  expect(human.err).toMatch(/^error: no chain \[CHAIN_NOT_FOUND\]\n {2}next: .*\n$/);
  const machine = await online('chain', 'show', 'shop', '--json');
  expect(JSON.parse(machine.err).error).toMatchObject({ code: 'CHAIN_NOT_FOUND', status: 404 });
  const usage = await online('chain', 'create', '--json');
  expect(JSON.parse(usage.err).error).toMatchObject({ code: 'USAGE' });
});

it('benches no chain of the production profile', async () => {
  answer = { status: 200, body: { profile: 'production' } };
  const { code, err } = await online('bench', 'shop', '--json');
  expect(code).toBe(ExitCode.Failed);
  expect(JSON.parse(err).error).toMatchObject({
    code: 'NO_DEV_ACCOUNTS',
    next: expect.any(String),
  });
});

it('says that a file is no bundle', async () => {
  const file = join(home, 'bundle.json');
  writeFileSync(file, '{"v":1}');
  const { code, err } = await flotilla(
    ...['checkpoint', 'verify', file, '--root-hash', `0x${'11'.repeat(32)}`],
  );
  expect(code).toBe(ExitCode.NotProven);
  expect(err).toContain('[NOT_PROVEN]');
});

it('has a doctor who finds a fleet that has died', async () => {
  writeFileSync(join(home, 'admin.key'), 'k');
  const dead = 'http://127.0.0.1:1';
  const run = { apiUrl: dead, gatewayUrl: dead, rootRpcUrl: dead, dashboardUrl: dead };
  const rest = { adminKeyFile: join(home, 'admin.key'), pid: 2 ** 22 + 1, processes: [] };
  writeFileSync(join(home, 'run.json'), JSON.stringify({ ...run, ...rest }));
  const { code, out } = await flotilla('doctor', '--json');
  expect(code).toBe(ExitCode.Unhealthy);
  const { healthy, checks } = JSON.parse(out);
  expect(healthy).toBe(false);
  const brokenOnes = checks.filter((check: { status: string }) => check.status === 'broken');
  expect(brokenOnes.map((check: { name: string }) => check.name)).toEqual([
    'supervisor',
    'api',
    'chains',
    'root rpc',
  ]);
  rmSync(join(home, 'run.json'));
  expect(await flotilla('doctor')).toMatchObject({ code: ExitCode.Ok });
});
