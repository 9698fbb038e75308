import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devWallet } from '../accounts.js';
import { ChainProcess } from '../chain-process.js';
import { signer } from '../sign.js';
import { runCli } from '../stack.js';

const CHAIN_ID = 2_147_484_003;
const FATAL_STORAGE = 70;
const UNHEALTHY = 9;
const PAGE = 4096;
const META_BYTES = 24 + 144;

/** Flipped bits outside of the meta pages. Each starts a process; `npm run robustness` asks for more. */
const flips = 2 * Number(process.env.TEST_KILLS ?? 4);
const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

let state = seed;
function below(bound: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}

let chain: ChainProcess;
let sound: string;
let dataFile: string;
let answers: string;
let contract: string;

/** SSTORE(2, 1), LOG1(0, 32, 7), and 32 zeros as code. */
const INIT_CODE = '0x6001600255600760206000a160206000f3';

beforeAll(async () => {
  console.log(`${flips} flipped bits, TEST_SEED=${seed}`);
  chain = new ChainProcess(CHAIN_ID, { profile: 'dev' });
  dataFile = join(chain.folder, 'data/data.mdb');
  await chain.start();
  for (let account = 0; account < 4; account++) {
    const sign = signer(account);
    for (let nonce = 0; nonce < 12; nonce++) {
      const to = nonce === 0 ? null : devWallet(nonce % 10).address;
      const data = nonce === 0 ? INIT_CODE : '0x';
      const { raw } = sign({ chainId: CHAIN_ID, nonce, to, value: 1n, gas: 200_000n, data });
      await chain.rpc('eth_sendRawTransaction', [raw]);
    }
  }
  // A promise that is in no block: its nonce leaves a gap.
  const waiting = signer(5)({ chainId: CHAIN_ID, nonce: 3, to: devWallet(0).address });
  await chain.rpc('eth_sendRawTransaction', [waiting.raw]);
  const [receipt] = await chain.rpc('eth_getBlockReceipts', ['0x1']);
  contract = receipt.contractAddress;
  answers = JSON.stringify(await askEverything());
  await chain.stop();
  sound = `${chain.folder}-sound`;
  cpSync(chain.folder, sound, { recursive: true });
}, 60_000);

afterAll(async () => {
  await chain?.remove();
  if (sound !== undefined) rmSync(sound, { recursive: true, force: true });
});

/** What a user can ask of every table, errors included. */
async function askEverything(): Promise<unknown[]> {
  const head = Number(await chain.rpc('eth_blockNumber'));
  const questions: [string, unknown[]][] = [];
  const accounts = Array.from({ length: 11 }, (_, i) => devWallet(i).address);
  for (let number = 0; number <= head; number++) {
    const id = `0x${number.toString(16)}`;
    questions.push(['eth_getBlockByNumber', [id, true]], ['eth_getBlockReceipts', [id]]);
    for (const account of accounts.slice(0, 3)) questions.push(['eth_getBalance', [account, id]]);
  }
  for (const account of [...accounts, contract]) {
    questions.push(['eth_getBalance', [account, 'latest']]);
    questions.push(['eth_getTransactionCount', [account, 'latest']]);
    questions.push(['eth_getProof', [account, ['0x2'], 'latest']]);
  }
  questions.push(['eth_getCode', [contract, 'latest']]);
  questions.push(['eth_getStorageAt', [contract, '0x2', 'latest']]);
  questions.push(['eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]]);
  const results = await chain.batch(questions);
  const hashes = results.flatMap(({ result }) =>
    Array.isArray(result) ? result.flatMap(({ transactionHash = [] }) => transactionHash) : [],
  );
  const lookups = [...new Set(hashes)].map((hash): [string, unknown[]] => [
    'eth_getTransactionByHash',
    [hash],
  ]);
  return [...results, ...(await chain.batch(lookups))];
}

function restore(): void {
  rmSync(chain.folder, { recursive: true });
  cpSync(sound, chain.folder, { recursive: true });
}

function flip(file: string, byte: number, bit: number): void {
  const bytes = readFileSync(file);
  bytes[byte] ^= 1 << bit;
  writeFileSync(file, bytes);
}

/** Starts the chain on what lies there; it must say what is wrong, where, and what to do, or answer as before. */
async function outcome(): Promise<'refused' | 'same'> {
  if ((await chain.start()) === 'ended') {
    expect(await chain.ended).toBe(FATAL_STORAGE);
    expect(chain.output).toMatch(/damaged: .*\[CORRUPT_(RECORD|CHAIN)\]/);
    expect(chain.output).toContain(chain.folder);
    expect(chain.output).toContain('flotilla doctor --data');
    return 'refused';
  }
  const now = await askEverything();
  await chain.stop();
  expect(JSON.stringify(now) === answers).toBe(true);
  return 'same';
}

async function doctor(): Promise<{ code: number | null; broken: string[] }> {
  const { code, stdout } = await runCli(['doctor', '--data', chain.folder, '--json'], process.env);
  const { checks } = JSON.parse(stdout);
  return {
    code,
    broken: checks.flatMap((check: any) => (check.status === 'broken' ? [check.detail] : [])),
  };
}

afterEach(restore);

it('is sound to begin with', async () => {
  expect(await doctor()).toEqual({ code: 0, broken: [] });
  expect(await outcome()).toBe('same');
}, 30_000);

it('is looked at by the doctor while it runs', async () => {
  await chain.start();
  const sign = signer(6);
  let isDone = false;
  const looked = doctor().finally(() => {
    isDone = true;
  });
  for (let nonce = 0; !isDone; nonce++) {
    const { raw } = sign({ chainId: CHAIN_ID, nonce, to: devWallet(0).address, value: 1n });
    await chain.rpc('eth_sendRawTransaction', [raw]);
  }
  expect(await looked).toEqual({ code: 0, broken: [] });
  await chain.stop();
}, 30_000);

it.each([0, 1])(
  'says at its start that a bit of meta page %i was flipped',
  async (page) => {
    flip(dataFile, page * PAGE + below(META_BYTES - 8), below(8));
    expect(await outcome()).toBe('refused');
    expect((await doctor()).code).toBe(UNHEALTHY);
  },
  30_000,
);

it.each([
  ['the head', 'chain.head'],
  ['the head of the state', 'state.head'],
])(
  'says at its start that %s was damaged',
  async (_, key) => {
    const bytes = readFileSync(dataFile);
    for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + 1)) {
      bytes[at + key.length + below(20)] ^= 1 << below(8);
    }
    writeFileSync(dataFile, bytes);
    expect(await outcome()).toBe('refused');
    expect((await doctor()).code).toBe(UNHEALTHY);
  },
  30_000,
);

it('says at its start that a flipped bit is in its way, or answers everything as before', async () => {
  const outcomes = { refused: 0, same: 0 };
  const { length } = readFileSync(dataFile);
  for (let i = 0; i < flips; i++) {
    flip(dataFile, 2 * PAGE + below(length - 2 * PAGE), below(8));
    const said = await outcome();
    outcomes[said]++;
    if (said === 'refused') expect((await doctor()).code).toBe(UNHEALTHY);
    restore();
  }
  console.log(`refused ${outcomes.refused}, without effect ${outcomes.same}`);
}, 600_000);

describe('a journal that was cut off', () => {
  const file = () => {
    const folder = join(chain.folder, 'journal');
    return join(folder, readdirSync(folder).filter((name) => name.endsWith('.log'))[0]);
  };

  it('keeps every whole record wherever the last one was torn', async () => {
    const whole = readFileSync(file());
    // A write that the process did not live to see durable: half of the last record once more.
    const tail = whole.subarray(-200);
    for (const cut of [1, 15, 16, 17, 100 + below(100)]) {
      writeFileSync(file(), Buffer.concat([whole, tail.subarray(0, cut)]));
      expect((await doctor()).code).toBe(0);
    }
    expect(await outcome()).toBe('same');
    expect(existsSync(file())).toBe(true);
  }, 60_000);

  it('is said at the start when what was durable is damaged', async () => {
    flip(file(), 30 + below(40), below(8));
    expect(await outcome()).toBe('refused');
    expect((await doctor()).code).toBe(UNHEALTHY);
  }, 30_000);
});
