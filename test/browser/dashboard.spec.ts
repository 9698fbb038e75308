import { readFileSync } from 'node:fs';
import { verifyBundle } from '@flotilla/sdk';
import { JsonRpcProvider } from 'ethers';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { devWallet } from '../accounts.js';
import { Stack, waitUntil } from '../stack.js';

const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What a user would never see, but a developer with an open console would. */
const complaints: string[] = [];

const at = (path: string) => `${stack.run.dashboardUrl.replace(/\/$/, '')}/#${path}`;
const main = () => page.locator('main');

async function login(key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function sendTransfers(count: number): Promise<string[]> {
  // Blocks come faster here than ethers' cache of 250 ms, which would give a nonce out twice.
  const options = { pollingInterval: 50, cacheTimeout: -1 };
  const provider = new JsonRpcProvider(stack.rpcUrl('sails'), undefined, options);
  const wallet = devWallet(0).connect(provider);
  const hashes: string[] = [];
  for (let i = 0; i < count; i++) {
    const sent = await wallet.sendTransaction({ to: devWallet(1).address, value: 10n ** 17n });
    hashes.push((await sent.wait())?.hash ?? '');
  }
  provider.destroy();
  return hashes;
}

beforeAll(async () => {
  [stack, browser] = await Promise.all([Stack.start(), chromium.launch(CHROMIUM)]);
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser reports refused requests by itself; the tests below provoke some.
    const provoked = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !provoked) complaints.push(message.text());
  });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

afterEach(() => expect(complaints.splice(0)).toEqual([]));

it('lets nobody in with a wrong key', async () => {
  await page.goto(at('/'));
  await login('flt_not-a-key');
  await page.getByText('This key is not valid here').waitFor();
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
}, 30_000);

it('shows the fleet to an admin, and stays logged in through a reload, in this tab only', async () => {
  await login(stack.adminKey);
  const row = main().getByRole('row', { name: 'demo' });
  await row.getByText('Running').waitFor();
  await row.getByText('operator-signed').waitFor();
  await page.reload();
  await row.waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  const other = await context.newPage();
  await other.goto(at('/'));
  await other.getByLabel('API key').waitFor();
  await other.close();
}, 30_000);

it('says at each field what is wrong, be it found here or by the server', async () => {
  await page.getByRole('link', { name: 'Create a chain' }).click();
  const name = page.getByLabel('Name');
  await name.fill('Not A Name');
  await page.getByLabel('Chain id').fill('0');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('3 to 40 lower-case letters').waitFor();
  await page.getByText('a whole number from 1 to').waitFor();
  expect(await name.getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Chain id').fill('');
  await name.fill('demo');
  await page.getByLabel('Coin symbol').fill('OTHER');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('NAME_TAKEN').waitFor();
  expect(await name.getAttribute('aria-invalid')).toBe('true');
}, 30_000);

it('creates a chain that serves its URL', async () => {
  await page.getByLabel('Name').fill('sails');
  await page.getByLabel('Coin symbol').fill('SAIL');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'sails' }).waitFor();
  await main().getByText('Running', { exact: true }).waitFor();
  const connect = page.getByRole('region', { name: 'Connect' });
  await connect.getByText(stack.rpcUrl('sails'), { exact: true }).waitFor();
  await connect.getByRole('definition').getByText('SAIL', { exact: true }).waitFor();
  const chainId = Number(await stack.rpc('sails', 'eth_chainId'));
  await connect.getByRole('definition').getByText(String(chainId), { exact: true }).waitFor();
}, 60_000);

it('shows blocks and transactions as they are made, without a reload', async () => {
  await page.getByText('genesis').waitFor();
  const hashes = await sendTransfers(3);
  await page.getByRole('row', { name: /^3 / }).waitFor();
  await page.getByRole('link', { name: 'Transactions' }).click();
  for (const hash of hashes) {
    const row = main()
      .getByRole('row')
      .filter({ has: page.getByTitle(hash) });
    await row.getByText('success').waitFor();
    await row.getByText('0.1', { exact: true }).waitFor();
  }
}, 60_000);

it('anchors on request, and gives a bundle that proves an account', async () => {
  await page.getByRole('link', { name: 'Checkpoints' }).click();
  await page.getByRole('button', { name: 'Anchor now' }).click();
  const index = await waitUntil('a final checkpoint past the transfers', 30_000, async () => {
    const { body } = await stack.api('GET', '/chains/sails/checkpoints?limit=1');
    const [newest] = body.items;
    return newest?.lastBlock >= 3 && newest.status === 'final' && String(newest.index);
  });
  const row = page.getByRole('row', { name: new RegExp(`^${index} `) });
  await row.getByText('final').waitFor();
  await page.getByLabel('Account to prove').fill(devWallet(1).address);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    row.getByRole('button', { name: /Download the bundle/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^sails-\d+\.bundle\.json$/);
  const bundle = readFileSync(await download.path(), 'utf8');
  const { number } = rootBlockNamedBy(bundle);
  const block = await stack.rpc('root', 'eth_getBlockByNumber', [
    `0x${number.toString(16)}`,
    false,
  ]);
  const proven = verifyBundle(bundle, { hash: block.hash });
  expect(proven.account?.account?.balance).toBe(10n ** 22n + 3n * 10n ** 17n);
}, 60_000);

function rootBlockNamedBy(bundle: string): { number: number } {
  try {
    verifyBundle(bundle, { hash: `0x${'00'.repeat(32)}` });
  } catch (error) {
    return (error as { data: { number: number } }).data;
  }
  throw new Error('a bundle was verified against nothing');
}

it('tells what happened, and shows the log', async () => {
  await page.getByRole('link', { name: 'Events' }).click();
  await page.getByText('checkpoint.final').first().waitFor();
  await page.getByRole('cell', { name: 'Registered on the root' }).waitFor();
  await page.getByRole('link', { name: 'Logs' }).click();
  await page.getByRole('region', { name: 'Log of sails' }).getByText('node serves').waitFor();
}, 30_000);

it('changes fees and allowlists of the running chain', async () => {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('As at creation.').waitFor();
  const change = page.getByRole('button', { name: 'Change' });
  expect(await change.isDisabled()).toBe(true);
  await page.getByLabel('Fees').selectOption('fixed');
  await page.getByLabel('Gas price in gwei').fill('much');
  await page.getByText('an amount in gwei').waitFor();
  await page.getByLabel('Gas price in gwei').fill('2.5');
  await page.getByLabel('Who may create contracts').selectOption('listed');
  await change.click();
  await page.getByText(/In force from block \d+ on/).waitFor();
  expect(Number(await stack.rpc('sails', 'eth_gasPrice'))).toBe(2_500_000_000);
  await page.getByLabel('Fees').selectOption('free');
  await page.getByLabel('Who may create contracts', { exact: true }).selectOption('everyone');
  await change.click();
  await waitUntil('gas is free again', 10_000, async () => {
    return Number(await stack.rpc('sails', 'eth_gasPrice')) === 0;
  });
  await page.getByText(/In force from block \d+ on/).waitFor();
}, 60_000);

it('pauses and resumes after a question that Escape and Cancel decline', async () => {
  const pause = page.getByRole('button', { name: 'Pause', exact: true });
  const dialog = page.getByRole('dialog');
  await pause.click();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await pause.click();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await main().getByText('Running', { exact: true }).waitFor();
  await pause.click();
  await dialog.getByRole('button', { name: 'Pause' }).click();
  await main().getByText('Paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await main().getByText('Running', { exact: true }).waitFor();
}, 60_000);

it('resizes it, puts it to sleep and wakes it, and looks without waking', async () => {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Size', { exact: true }).selectOption('medium');
  await page.getByLabel('Sleep', { exact: true }).selectOption('never');
  await page.getByRole('button', { name: 'Change' }).click();
  await page.locator('.chain-state').getByText('medium').waitFor();
  const { body } = await stack.api('GET', '/chains/sails');
  expect(body.spec).toMatchObject({ size: 'medium', sleep: { afterSeconds: null } });

  await page.getByRole('button', { name: 'Sleep', exact: true }).click();
  await main().getByText('Sleeping', { exact: true }).waitFor();
  await page.getByText('It fell asleep').waitFor();
  await page.getByRole('link', { name: 'Blocks' }).click();
  await page.getByText('Looking at this page does not wake it').waitFor();
  await main().getByText('Sleeping', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Wake' }).click();
  await main().getByText('Running', { exact: true }).waitFor();
  await page.getByRole('row', { name: /^3 / }).waitFor();
}, 60_000);

it('filters the fleet', async () => {
  await page.getByRole('link', { name: 'Fleet' }).first().click();
  await page.getByLabel('Search chains').fill('sai');
  await page.getByRole('row', { name: 'demo' }).waitFor({ state: 'detached' });
  expect(await page.getByRole('row', { name: 'sails' }).count()).toBe(1);
  await page.getByLabel('Search chains').fill('no such chain');
  await page.getByText('No chain matches.').waitFor();
}, 30_000);

it('gives a tenant a key, shown once, with which only its own chains are seen', async () => {
  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByLabel('Tenant').fill('acme');
  await page.getByLabel('Label').fill('browser test');
  await page.getByRole('button', { name: 'Make a key' }).click();
  const key = (await page.locator('.secret code').textContent()) ?? '';
  await page.getByRole('row', { name: 'browser test' }).waitFor();
  await page.getByRole('link', { name: 'Fleet' }).click();
  await page.getByRole('link', { name: 'Keys' }).click();
  expect(await page.getByText(key).count()).toBe(0);

  await page.getByRole('button', { name: 'Log out' }).click();
  await login(key);
  await page.getByText('No chains yet.').waitFor();
  expect(await page.getByRole('link', { name: 'Keys' }).count()).toBe(0);
  await page.goto(at('/chains/demo'));
  await page.getByText('CHAIN_NOT_FOUND').waitFor();
  await page.goto(at('/keys'));
  await page.getByText('There is nothing here.').waitFor();

  await page.getByRole('button', { name: 'Log out' }).click();
  await login(stack.adminKey);
  await page.goto(at('/keys'));
  await page
    .getByRole('row', { name: 'browser test' })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('row', { name: 'browser test' }).getByText('revoked').waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await login(key);
  await page.getByText('This key is not valid here').waitFor();
  await login(stack.adminKey);
}, 60_000);

it('shows who did what', async () => {
  await page.getByRole('link', { name: 'Audit' }).click();
  const refused = page.getByRole('row').filter({ hasText: 'NAME_TAKEN' });
  await refused.first().getByText('409').waitFor();
  await page.getByLabel('Search the audit log').fill('/sails/pause');
  await refused.first().waitFor({ state: 'detached' });
  await page.getByText('POST /api/v1/chains/sails/pause').first().waitFor();
}, 30_000);

it('can be used by keyboard alone', async () => {
  await page.goto(at('/'));
  await page.reload();
  await page.getByRole('row', { name: 'sails' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('content');
  await page.getByRole('link', { name: 'sails' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'sails' }).waitFor();
}, 30_000);

it('fits a phone, by day and by night', async () => {
  const backgrounds = new Set<unknown>();
  const inPage = (size: string) => page.evaluate(`document.documentElement.${size}`);
  await page.setViewportSize({ width: 360, height: 740 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const path of [
      '/',
      '/new',
      '/chains/sails/transactions',
      '/chains/sails/checkpoints',
      '/keys',
    ]) {
      await page.goto(at(path));
      await page.getByRole('heading').first().waitFor();
      await page.locator('.loading').waitFor({ state: 'detached' });
      const width = await inPage('scrollWidth');
      const room = await inPage('clientWidth');
      expect({ path, width }).toEqual({ path, width: room });
    }
    backgrounds.add(
      await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'),
    );
  }
  expect(backgrounds.size).toBe(2);
  await page.setViewportSize({ width: 1280, height: 900 });
}, 60_000);

it('says that it has lost the server, and comes back by itself', async () => {
  await page.goto(at('/chains/sails'));
  const orchestrator = stack.run.processes.find(({ name }) => name === 'orchestrator');
  process.kill(orchestrator?.pid ?? 0, 'SIGKILL');
  await page.getByText('Reconnecting…').waitFor();
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
  await sendTransfers(1);
  await page.getByRole('row', { name: /^4 / }).waitFor();
}, 120_000);

it('deletes a chain only when its name is typed', async () => {
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  const action = dialog.getByRole('button', { name: 'Delete for good' });
  expect(await action.isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('sails');
  await action.click();
  await main().getByText('Archived', { exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Fleet' }).first().click();
  await page.getByRole('row', { name: 'demo' }).waitFor();
  expect(await page.getByRole('row', { name: 'sails' }).count()).toBe(0);
  await page.getByLabel('Archived too').check();
  await page.getByRole('row', { name: 'sails' }).waitFor();
}, 90_000);
