import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { devWallet } from '../accounts.js';
import { blockProblems } from '../block-roots.js';
import { ChainProcess } from '../chain-process.js';
import { type Signed, signer } from '../sign.js';
import { repositoryRoot, runCli } from '../stack.js';

const CHAIN_ID = 2_147_484_002;
const ACCOUNTS = 10;
const BATCH = 10;
const BATCH_TO_ROTATE = 75;
/** Enough for several blocks, and for the journal to be rotated. */
const PER_ACCOUNT = 80;
const PER_ACCOUNT_TO_ROTATE = 450;

/** Times that the process dies at each failpoint, each time at another passing and in another sealing mode. */
const hits = Number(process.env.TEST_KILLS ?? 1);
const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

/** Every failpoint that the code has: one that is new is tested as well, or fails as never passed. */
function failpointsOfTheCode(): string[] {
  const names = new Set<string>();
  const libraries = join(repositoryRoot, 'libs');
  for (const library of readdirSync(libraries)) {
    const sources = readdirSync(join(libraries, library, 'src'), { recursive: true }) as string[];
    for (const file of sources.filter((name) => /(?<!\.spec)\.ts$/.test(name))) {
      const text = readFileSync(join(libraries, library, 'src', file), 'utf8');
      for (const [, name] of text.matchAll(/\bfailpoint\(\s*'([^']+)'/g)) names.add(name);
    }
  }
  return [...names].sort();
}

/** The journal is rotated rarely. Its first segment is made like a rotation, when the chain is new. */
const RARE: Readonly<Record<string, number>> = { 'journal.rotating': 2, 'journal.rotated': 1 };

/** Passed by no load, but by a change of the settings: `libs/chain/src/settings/settings.spec.ts` stops there. */
const ELSEWHERE: ReadonlySet<string> = new Set(['chain.settings-durable']);

/** At which passing to die: the first time under load, then also while the chain is being made. */
function passing(name: string, hit: number): number {
  if (hit === 1) return 1;
  return RARE[name] ?? 2 + ((seed + 7 * hit + 31 * name.length) % 6);
}

const cases = failpointsOfTheCode()
  .filter((name) => !ELSEWHERE.has(name))
  .flatMap((name) =>
    Array.from({ length: hits }, (_, hit) => ({ name, hit, at: passing(name, hit) })),
  );

let transactions: Signed[][];

beforeAll(() => {
  console.log(`${cases.length} kills, TEST_SEED=${seed}`);
  transactions = Array.from({ length: ACCOUNTS }, (_, account) => {
    const sign = signer(account);
    const to = devWallet((account + 1) % ACCOUNTS).address;
    return Array.from({ length: PER_ACCOUNT_TO_ROTATE }, (_, nonce) =>
      sign({ chainId: CHAIN_ID, nonce, to, value: 1n }),
    );
  });
}, 60_000);

interface Witness {
  /** Hashes that the node answered. */
  readonly acknowledged: string[];
  /** Hash by number, of the blocks that the node announced. */
  readonly announced: Map<number, string>;
}

function watchHeads(chain: ChainProcess, witness: Witness): WebSocket {
  const socket = new WebSocket(chain.wsUrl);
  socket.on('error', () => {});
  socket.on('open', () =>
    socket.send('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}'),
  );
  socket.on('message', (text) => {
    const head = JSON.parse(String(text)).params?.result;
    if (head !== undefined) witness.announced.set(Number(head.number), head.hash);
  });
  return socket;
}

/** Until a block has what was acknowledged last: as many blocks are made as batches are sent, however fast they are. */
async function mined(chain: ChainProcess, hash: string | undefined): Promise<void> {
  while (hash !== undefined) {
    const { blockHash } = await chain.rpc('eth_getTransactionByHash', [hash]);
    if (blockHash !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Sends until everything is sent and mined, or the process is gone. */
async function load(chain: ChainProcess, rotate: boolean, witness: Witness): Promise<void> {
  const [perAccount, batch] = rotate
    ? [PER_ACCOUNT_TO_ROTATE, BATCH_TO_ROTATE]
    : [PER_ACCOUNT, BATCH];
  const sendAll = async (own: readonly Signed[]) => {
    for (let at = 0; at < perAccount; at += batch) {
      const group = own.slice(at, at + batch);
      const answers = await chain.batch(
        group.map(({ raw }) => ['eth_sendRawTransaction', [raw]] as const),
      );
      for (const { result } of answers) if (result !== undefined) witness.acknowledged.push(result);
      await mined(chain, answers.at(-1)?.result);
    }
  };
  await Promise.all(transactions.map((own) => sendAll(own).catch(() => {})));
}

async function allBlocks(chain: ChainProcess): Promise<any[]> {
  const head = Number(await chain.rpc('eth_blockNumber'));
  const blocks: any[] = [];
  for (let number = 0; number <= head; number++) {
    const id = `0x${number.toString(16)}`;
    const block = await chain.rpc('eth_getBlockByNumber', [id, true]);
    blocks.push({ block, receipts: await chain.rpc('eth_getBlockReceipts', [id]) });
  }
  return blocks;
}

/** All blocks, once every acknowledged transaction is in one; or as they are after a while. */
async function settledBlocks(chain: ChainProcess, witness: Witness): Promise<any[]> {
  let missing: string[] = witness.acknowledged;
  for (let attempt = 0; attempt < 100 && missing.length > 0; attempt++) {
    const asked = missing.slice(0, 1_000);
    const answers = await chain.batch(
      asked.map((hash) => ['eth_getTransactionByHash', [hash]] as const),
    );
    const unmined = asked.filter((_, i) => (answers[i].result?.blockHash ?? null) === null);
    missing = [...missing.slice(asked.length), ...unmined];
    if (unmined.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return allBlocks(chain);
}

async function check(chain: ChainProcess, witness: Witness): Promise<void> {
  const blocks = await settledBlocks(chain, witness);
  const changed = [...witness.announced].filter(([n, hash]) => blocks[n]?.block.hash !== hash);
  expect(changed).toEqual([]);

  const mined = blocks.flatMap(({ block }) => block.transactions.map((tx: any) => tx.hash));
  const once = new Set(mined);
  expect(mined.length).toBe(once.size);
  const lost = witness.acknowledged.filter((hash) => !once.has(hash));
  expect({ lost: lost.length, example: lost[0] }).toEqual({ lost: 0, example: undefined });

  const problems: string[] = [];
  for (const [number, { block, receipts }] of blocks.entries()) {
    if (number > 0 && block.parentHash !== blocks[number - 1].block.hash) {
      problems.push(`block ${number} has another parent`);
    }
    problems.push(...(await blockProblems(block, receipts, CHAIN_ID)));
  }
  expect(problems).toEqual([]);
}

it('has failpoints along the whole commit path', () => {
  expect(failpointsOfTheCode()).toEqual(
    expect.arrayContaining([
      ...['journal.written', 'journal.synced', 'journal.rotating', 'journal.rotated'],
      ...['chain.block-built', 'chain.before-commit', 'chain.block-written'],
      ...['store.committing', 'store.written', 'store.committed'],
      ...['chain.block-durable', 'chain.block-published'],
    ]),
  );
});

it.each(cases)(
  'loses, doubles and changes nothing when it is killed at $name, passing $at',
  async ({ name, hit, at }) => {
    const isInstant = hit % 2 === 1;
    const chain = new ChainProcess(CHAIN_ID, {
      profile: 'dev',
      sealing: { mode: isInstant ? 'instant' : 'interval', intervalMs: 40 },
    });
    const witness: Witness = { acknowledged: [], announced: new Map() };
    try {
      if ((await chain.start({ FLOTILLA_FAILPOINT: `${name}@${at}` })) === 'serves') {
        const heads = watchHeads(chain, witness);
        await load(chain, name in RARE, witness);
        await chain.stop();
        heads.terminate();
      }
      expect(await chain.ended).toBe('SIGKILL');
      expect(await chain.start()).toBe('serves');
      await check(chain, witness);
      await chain.stop();
      expect(await chain.ended).toBe(0);
      // State roots: everything that it keeps, read and compared.
      const doctor = await runCli(['doctor', '--data', chain.folder, '--json'], process.env);
      expect(doctor).toMatchObject({ code: 0, stderr: '' });
    } finally {
      await chain.remove();
    }
  },
  60_000,
);
