import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@flotilla/common';
import { connectMessaging, ensureStreams } from '@flotilla/messaging';
import { internalPort } from '../ports.js';
import { ManagedService } from '../process/managed-service.js';
import type { Service } from '../process/service.js';
import { ensureNatsServer } from '../programs/nats-server.js';
import { Home } from '../state/home.js';
import { ProcessTable } from '../state/process-table.js';
import { NatsService } from './nats.service.js';
import { PostgresService } from './postgres.service.js';

const home = new Home(mkdtempSync(join(tmpdir(), 'flotilla-up-')));
home.create();
const environment = { PATH: '/usr/sbin:/usr/bin:/bin' };
const going = new AbortController().signal;
const started: ManagedService[] = [];

function manage(service: Service): ManagedService {
  const made = new ManagedService(service, {
    home,
    table: new ProcessTable(home),
    clock: systemClock,
    onRestart: () => {},
    onTrouble: () => {},
  });
  started.push(made);
  return made;
}

const pidOf = (name: string) => new ProcessTable(home).alive(name)?.pid as number;

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      if (readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

afterAll(async () => {
  await Promise.all(started.map((each) => each.stop({ force: false })));
  rmSync(home.path, { recursive: true, force: true });
});

it('PostgreSQL starts anew after kill -9, even if its pid belongs to somebody else by then', async () => {
  const port = await internalPort(undefined);
  const postgres = new PostgresService({ home, port, password: 'secret', environment });
  const subject = manage(postgres);
  await subject.up(going);
  const pid = pidOf('postgres');
  expect(postgres.findOrphan()?.pid).toBe(pid);
  process.kill(pid, 'SIGKILL');
  await gone(pid);

  const pidFile = home.file('postgres', 'data', 'postmaster.pid');
  const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
  writeFileSync(pidFile, [process.ppid, ...rest].join('\n'));
  expect(await manage(postgres).up(going)).toBe('started');
  expect(postgres.url).toBe(`postgres://flotilla:secret@127.0.0.1:${port}/flotilla`);
}, 60_000);

it('NATS starts in operator mode with credentials that are good before it runs', async () => {
  const port = await internalPort(undefined);
  const program = () => ensureNatsServer(home.path, environment.PATH, () => {});
  const nats = new NatsService({ home, port, program, environment });
  await nats.ensureCredentials();
  const creds = readFileSync(nats.credsFile('orchestrator'), 'utf8');
  const early = await connectMessaging({
    url: nats.url,
    credsFile: nats.credsFile('orchestrator'),
    name: 'early',
    background: true,
  });
  await manage(nats).up(going);
  const late = await connectMessaging({ url: nats.url, creds, name: 'late' });
  await ensureStreams(late);
  await late.close();
  for (const end = Date.now() + 5_000; !early.connected && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(early.connected).toBe(true);
  await early.close();
  expect(await manage(nats).up(going)).toBe('adopted');
}, 60_000);
