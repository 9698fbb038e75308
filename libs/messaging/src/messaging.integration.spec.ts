import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@flotilla/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { AccountIssuer } from './accounts.js';
import { MessagingErrorCode } from './errors.js';
import { Messages, Requests } from './messages.js';
import { connectMessaging, type Messaging, type MessagingOptions } from './messaging.js';
import {
  controlCreds,
  gatewayCreds,
  generateOperatorKeys,
  operatorBundle,
  systemCreds,
} from './operator.js';
import { serverConfig } from './server-config.js';
import { BLOCKS_STREAM, ensureStreams } from './streams.js';

const folder = mkdtempSync(join(tmpdir(), 'flotilla-nats-'));
const keys = generateOperatorKeys();
const issuer = new AccountIssuer({ keys });
const open: Array<{ close(): Promise<void> }> = [];
let server: ChildProcess;
let port: number;
let url: string;
let control: Messaging;
let system: Messaging;
let shop: { creds: string; jwt: string; publicKey: string };
let game: { creds: string; jwt: string; publicKey: string };

const zero = `0x${'00'.repeat(32)}`;
const block = { number: 1, hash: zero, rlp: '0xc0', epoch: 1 };
const beat = {
  pid: 1,
  instanceId: 'i',
  rpcUrl: 'http://127.0.0.1:1',
  wsUrl: 'ws://127.0.0.1:1',
  epoch: 1,
  head: { number: 0, hash: zero, stateRoot: zero, timestamp: 0 },
  safe: { number: 0, hash: zero },
  finalized: { number: 0, hash: zero },
  txpool: { pending: 0, queued: 0 },
  txTotal: 0,
  gasUsedTotal: 0,
  rssBytes: 1,
  cpuSeconds: 0.5,
  startedAt: 1,
};

async function startServer(): Promise<void> {
  server = spawn('nats-server', ['-c', join(folder, 'server.conf')], { stdio: 'ignore' });
  await new Promise((resolve) => server.once('spawn', resolve));
}

async function stopServer(): Promise<void> {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
}

async function messaging(options: Partial<MessagingOptions>): Promise<Messaging> {
  const made = await connectMessaging({ url, name: 'test', background: true, ...options });
  open.push(made);
  if (!options.background) await until(() => made.connected, 'a connection');
  return made;
}

async function closeAll(clients: Array<{ close(): Promise<void> }>): Promise<void> {
  await Promise.all(clients.splice(0).map((each) => each.close().catch(() => undefined)));
}

/** A client that follows no rules of ours: what an intruder with the credentials would use. */
async function rawClient(creds: string): Promise<NatsConnection> {
  const authenticator = credsAuthenticator(new TextEncoder().encode(creds));
  const made = await connect({ servers: `127.0.0.1:${port}`, authenticator, reconnect: false });
  open.push(made);
  return made;
}

/** Real servers answer in their own time; ten seconds is a failure. */
async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); ) {
    if (Date.now() > end) expect(what).toBe('reached');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function issue(name: string) {
  const issued = await issuer.issueChain(name);
  await issuer.pushAccount(system, issued.accountJwt);
  return { creds: issued.userCreds, jwt: issued.accountJwt, publicKey: issued.publicKey };
}

beforeAll(async () => {
  port = await freePort();
  url = `nats://127.0.0.1:${port}`;
  const version = spawnSync('nats-server', ['--version'], { encoding: 'utf8' }).stdout;
  const bundle = await operatorBundle(keys);
  const folders = { jwtFolder: join(folder, 'jwt'), storeFolder: join(folder, 'jetstream') };
  writeFileSync(join(folder, 'server.conf'), serverConfig({ bundle, version, port, ...folders }));
  await startServer();
  control = await messaging({ creds: await controlCreds(keys), name: 'control' });
  system = await messaging({ creds: await systemCreds(keys), name: 'system' });
  open.length = 0;
  await ensureStreams(control);
  await ensureStreams(control);
  shop = await issue('shop');
  game = await issue('game');
}, 30_000);

afterEach(() => closeAll(open));

afterAll(async () => {
  await closeAll([control, system]);
  if (server.exitCode === null && server.signalCode === null) await stopServer();
  rmSync(folder, { recursive: true, force: true });
});

describe('chain accounts', () => {
  it('bring a heartbeat to the control account', async () => {
    const node = await messaging({ creds: shop.creds });
    const heard: string[] = [];
    const stop = control.subscribe(Messages.heartbeat, '*', ({ chain }) => void heard.push(chain));
    await control.connection.flush();
    expect(node.publish(Messages.heartbeat, 'shop', beat)).toBe(true);
    await until(() => heard.length > 0, 'a heartbeat');
    stop();
    expect(heard).toEqual(['shop']);
  });

  it('bring a command only to its chain', async () => {
    const shopNode = await messaging({ creds: shop.creds });
    const gameNode = await messaging({ creds: game.creds });
    const heard: string[] = [];
    shopNode.subscribe(Messages.checkpointPropose, 'shop', () => void heard.push('shop'));
    gameNode.subscribe(Messages.checkpointPropose, 'game', () => void heard.push('game'));
    await Promise.all([shopNode.connection.flush(), gameNode.connection.flush()]);
    control.send(Messages.checkpointPropose, 'shop', { reason: 'a' });
    control.send(Messages.checkpointPropose, 'game', { reason: 'b' });
    control.send(Messages.checkpointPropose, 'shop', { reason: 'c' });
    await until(() => heard.length === 3, 'three commands');
    expect(heard.toSorted()).toEqual(['game', 'shop', 'shop']);
  });

  it('store a block in the stream, once', async () => {
    const node = await messaging({ creds: shop.creds });
    const first = await node.publishDurable(Messages.blockSealed, 'shop', block, { dedupeId: 'b' });
    const again = await node.publishDurable(Messages.blockSealed, 'shop', block, { dedupeId: 'b' });
    expect(first).toMatchObject({ stream: BLOCKS_STREAM, duplicate: false });
    expect(again).toMatchObject({ sequence: first.sequence, duplicate: true });
  });

  it.each([
    '>',
    '*.>',
    'flotilla.>',
    'flotilla.v1.*.*.*.*',
    'flotilla.v1.hb.game.>',
    'flotilla.v1.cmd.game.>',
    'flotilla.v1.evt.game.>',
    'flotilla.v1.evt.control.>',
    '$JS.>',
    '$JS.EVENT.>',
    '$SYS.>',
    '$SYS.ACCOUNT.>',
  ])('may not subscribe to %s', async (subject) => {
    const intruder = await rawClient(shop.creds);
    const refused = new Promise((resolve) => {
      intruder.subscribe(subject, { callback: (error) => resolve(error?.name) });
    });
    expect(await refused).toBe('PermissionViolationError');
  });

  it('sees nothing of another chain even through what it may subscribe to', async () => {
    const intruder = await rawClient(shop.creds);
    const seen: string[] = [];
    for (const subject of ['_INBOX.>', 'flotilla.v1.cmd.shop.>']) {
      intruder.subscribe(subject, { callback: (_, message) => void seen.push(message.subject) });
    }
    await intruder.flush();
    const node = await messaging({ creds: game.creds });
    node.publish(Messages.heartbeat, 'game', beat);
    await node.publishDurable(Messages.blockSealed, 'game', block, { dedupeId: 'g1' });
    control.send(Messages.checkpointPropose, 'game', { reason: 'x' });
    await control.connection.flush();
    await intruder.flush();
    expect(seen).toEqual([]);
  });

  it.each([
    'flotilla.v1.evt.game.block.sealed',
    'flotilla.v1.hb.game.node.beat',
    'flotilla.v1.cmd.game.node.drain',
    'flotilla.v1.cmd.shop.node.drain',
    'flotilla.v1.evt.control.route.changed',
    'flotilla.v1.rpc.control.routes.list',
    '$JS.API.STREAM.PURGE.BLOCKS',
    '$JS.API.STREAM.DELETE.BLOCKS',
    '$JS.API.STREAM.MSG.GET.BLOCKS',
    '$JS.API.STREAM.INFO.BLOCKS',
    '$JS.API.INFO',
    '$JS.API.CONSUMER.CREATE.BLOCKS',
    '$JS.API.DIRECT.GET.BLOCKS',
    '$SYS.REQ.CLAIMS.UPDATE',
    '$SYS.REQ.ACCOUNT.PING.CONNZ',
    '$SYS.REQ.SERVER.PING',
  ])('may not publish to %s', async (subject) => {
    const manager = await jetstreamManager(control.connection);
    const before = (await manager.streams.info(BLOCKS_STREAM)).state;
    const intruder = await rawClient(shop.creds);
    const answer = await intruder.request(subject, '{}', { timeout: 300 }).then(
      () => 'answered',
      () => 'refused',
    );
    expect(answer).toBe('refused');
    const after = (await manager.streams.info(BLOCKS_STREAM)).state;
    expect({ ...after, consumer_count: 0 }).toEqual({ ...before, consumer_count: 0 });
  });

  it('may not say that it is another chain', async () => {
    const heard: string[] = [];
    const stop = control.subscribe(Messages.heartbeat, '*', ({ chain }) => void heard.push(chain));
    await control.connection.flush();
    const intruder = await rawClient(shop.creds);
    const forged = { v: 1, id: 'f', at: 1, chain: 'game', data: beat };
    intruder.publish('flotilla.v1.hb.shop.node.beat', JSON.stringify(forged));
    intruder.publish('flotilla.v1.hb.shop.node.beat', JSON.stringify({ ...forged, chain: 'shop' }));
    await until(() => heard.length > 0, 'the honest one');
    stop();
    expect(heard).toEqual(['shop']);
  });

  it('are cut off once deleted, and a forged account is refused', async () => {
    const gone = await issue('gone');
    const client = await rawClient(gone.creds);
    await issuer.deleteAccount(system, gone.publicKey);
    await client.closed();
    await expect(rawClient(gone.creds)).rejects.toThrow();
    const forger = new AccountIssuer({ keys: generateOperatorKeys() });
    const forged = await forger.issueChain('shop');
    // Old servers store a foreign account, but none lets its users in.
    await issuer.pushAccount(system, forged.accountJwt).catch(() => undefined);
    await expect(rawClient(forged.userCreds)).rejects.toThrow();
  });

  it('hold no more connections than the limit', async () => {
    const within = Array.from({ length: 8 }, () => rawClient(shop.creds));
    await Promise.all(within);
    await expect(rawClient(shop.creds)).rejects.toThrow();
  });
});

describe('the gateway’s credentials', () => {
  it('ask for routes but command no chain', async () => {
    const gateway = await messaging({ creds: await gatewayCreds(keys) });
    const route = { name: 'shop', chainId: 7, phase: 'Running', rpcUrl: 'http://127.0.0.1:1' };
    const stop = control.respond(Requests.routesList, 'control', () => ({ routes: [route] }));
    await control.connection.flush();
    expect(await gateway.request(Requests.routesList, 'control', {})).toEqual({ routes: [route] });
    stop();
    const heard: string[] = [];
    const node = await messaging({ creds: shop.creds });
    node.subscribe(Messages.nodeDrain, 'shop', ({ data }) => void heard.push(data.reason));
    await node.connection.flush();
    gateway.send(Messages.nodeDrain, 'shop', { reason: 'gateway' });
    await gateway.connection.flush();
    control.send(Messages.nodeDrain, 'shop', { reason: 'control' });
    await until(() => heard.length > 0, 'a drain');
    expect(heard).toEqual(['control']);
  });

  it('get a code when the responder fails or is not there', async () => {
    const gateway = await messaging({ creds: await gatewayCreds(keys) });
    await expect(gateway.request(Requests.routesList, 'control', {})).rejects.toMatchObject({
      code: MessagingErrorCode.NoAnswer,
      retryable: true,
    });
  });
});

describe('a server that dies and one that was wiped', () => {
  it('is met again by itself, subscriptions included', async () => {
    const heard: number[] = [];
    control.subscribe(Messages.heartbeat, 'shop', ({ data }) => void heard.push(data.pid));
    const connections: boolean[] = [];
    const node = await messaging({
      creds: shop.creds,
      onConnected: ({ connected }) => void connections.push(connected),
    });
    await stopServer();
    await until(() => !node.connected && !control.connected, 'both lost');
    expect(node.publish(Messages.heartbeat, 'shop', beat)).toBe(false);
    await expect(
      node.publishDurable(Messages.blockSealed, 'shop', block, { dedupeId: 'x' }),
    ).rejects.toMatchObject({ code: MessagingErrorCode.NotConnected, retryable: true });

    rmSync(join(folder, 'jwt'), { recursive: true, force: true });
    await startServer();
    await until(() => control.connected && system.connected, 'the control plane back');
    expect(node.connected).toBe(false);
    await issuer.pushAccount(system, shop.jwt);
    await until(() => node.connected, 'the node back');
    await control.connection.flush();
    node.publish(Messages.heartbeat, 'shop', { ...beat, pid: 77 });
    await until(() => heard.includes(77), 'a heartbeat after the wipe');
    expect(connections.length).toBeGreaterThanOrEqual(2);
    expect(connections.every(Boolean)).toBe(true);
  }, 30_000);

  it('need not be there when a node starts', async () => {
    const elsewhere = await freePort();
    const node = await messaging({ url: `nats://127.0.0.1:${elsewhere}`, background: true });
    node.subscribe(Messages.nodeDrain, 'shop', () => undefined);
    expect(node.publish(Messages.heartbeat, 'shop', beat)).toBe(false);
    await node.close();
  });
});
