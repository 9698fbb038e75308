import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliErrorCode } from './errors.js';
import { resolveConnection } from './settings.js';

const home = mkdtempSync(join(tmpdir(), 'flotilla-home-'));
const url = 'http://127.0.0.1:7070';
const elsewhere = 'https://flotilla.example';

beforeEach(() => {
  writeFileSync(join(home, 'admin.key'), 'flt_admin\n');
  writeFileSync(
    join(home, 'run.json'),
    JSON.stringify({
      apiUrl: url,
      gatewayUrl: url,
      rootRpcUrl: url,
      dashboardUrl: url,
      adminKeyFile: join(home, 'admin.key'),
      pid: 1,
      processes: [],
      ofALaterVersion: true,
    }),
  );
});

afterAll(() => rmSync(home, { recursive: true }));

it('finds the running fleet and its admin key', async () => {
  expect(await resolveConnection({}, { home })).toEqual({ apiUrl: url, apiKey: 'flt_admin' });
});

it('prefers options over variables over run.json', async () => {
  const environment = { home, apiUrl: elsewhere, apiKey: 'from-env' };
  expect(await resolveConnection({}, environment)).toEqual({
    apiUrl: elsewhere,
    apiKey: 'from-env',
  });
  expect(await resolveConnection({ apiUrl: url, key: 'given' }, environment)).toEqual({
    apiUrl: url,
    apiKey: 'given',
  });
  expect(await resolveConnection({ key: 'given' }, { home })).toEqual({
    apiUrl: url,
    apiKey: 'given',
  });
});

it('does not send the admin key of here to an API elsewhere', async () => {
  await expect(resolveConnection({ apiUrl: elsewhere }, { home })).rejects.toMatchObject({
    code: CliErrorCode.NoKey,
  });
});

it('says that nothing runs', async () => {
  rmSync(join(home, 'run.json'));
  await expect(resolveConnection({}, { home })).rejects.toMatchObject({
    code: CliErrorCode.NotRunning,
  });
});

it('says that run.json is broken', async () => {
  writeFileSync(join(home, 'run.json'), '{"apiUrl": 1}');
  await expect(resolveConnection({}, { home })).rejects.toMatchObject({
    code: CliErrorCode.InvalidRunFile,
  });
});

it('says that the admin key is gone', async () => {
  rmSync(join(home, 'admin.key'));
  await expect(resolveConnection({}, { home })).rejects.toMatchObject({
    code: CliErrorCode.FileUnreadable,
  });
});
