import { type Address, bigIntToHex } from '@flotilla/common';
import { MemoryStore, SeededRandom, testSeed } from '@flotilla/testing';
import {
  EMPTY_TRIE_ROOT,
  JournaledState,
  StateErrorCode,
  type StateView,
  verifyAccount,
  verifySlot,
  WorldState,
  type WorldStateOptions,
  WriteBatch,
} from './index.js';
import { AccountModel } from './testing/account-model.js';

const seed = testSeed();

/** Where traffic goes. */
interface Ground {
  readonly addresses: readonly Address[];
  readonly slots: readonly bigint[];
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => BigInt(i));
const addressOf = (number: bigint | number) => bigIntToHex(BigInt(number), 20);

const grounds: Record<string, Ground> = {
  'scattered records': {
    addresses: numbers(25).map((n) => addressOf(n + 100n)),
    slots: numbers(20).flatMap((n) => [n, n, n << 200n]),
  },
  // Their hashes begin with four zeros or more: the tries are as deep there as large ones are everywhere.
  'neighbouring records': {
    addresses: [
      28_024, 75_210, 92_063, 126_501, 148_341, 150_508, 153_747, 163_481, 207_552, 328_278,
      361_358, 455_302, 604_849, 621_464, 711_031, 740_628, 1, 2,
    ].map(addressOf),
    slots: [
      43_786n,
      193_672n,
      208_275n,
      210_852n,
      221_617n,
      249_601n,
      313_252n,
      359_146n,
      393_934n,
      459_359n,
      668_164n,
      751_291n,
      800_615n,
      842_871n,
      873_207n,
      944_331n,
      1n,
      2n,
    ],
  },
};

const ALICE: Address = `0x${'a1'.repeat(20)}`;
const BOB: Address = `0x${'b0'.repeat(20)}`;

const coded = (code: StateErrorCode) => expect.objectContaining({ code });

class Chain {
  readonly store = new MemoryStore();
  readonly world: WorldState;
  next = 0;

  constructor(options: WorldStateOptions = {}) {
    this.world = new WorldState(options, { store: this.store });
  }

  async commit(change: (state: JournaledState) => void, prune?: number): Promise<void> {
    const overlay = this.world.begin();
    overlay.beginTransaction();
    change(overlay);
    overlay.endTransaction();
    const batch = new WriteBatch();
    this.world.prepareCommit(overlay, this.next++).apply(batch);
    if (prune !== undefined) this.world.prune(prune, batch);
    await this.store.commit(batch);
  }
}

/** Random transactions on overlay and model alike, with nested calls that may revert. */
class RandomTraffic {
  readonly #random: SeededRandom;
  readonly #ground: Ground;
  touched = new Set<Address>();
  destructed = new Set<Address>();

  constructor(random: SeededRandom, ground: Ground) {
    this.#random = random;
    this.#ground = ground;
  }

  transaction(overlay: JournaledState, model: AccountModel): AccountModel {
    this.touched = new Set();
    this.destructed = new Set();
    overlay.beginTransaction();
    const after = this.#call(overlay, model, 0);
    overlay.endTransaction();
    for (const address of this.destructed) after.accounts.delete(address);
    for (const address of this.touched) {
      if (after.isEmpty(address)) after.accounts.delete(address);
    }
    return after;
  }

  #call(overlay: JournaledState, model: AccountModel, depth: number): AccountModel {
    const before = model.clone();
    const touchedBefore = new Set(this.touched);
    const destructedBefore = new Set(this.destructed);
    const snapshot = overlay.snapshot();
    let current = model;
    for (let i = this.#random.below(8); i >= 0; i--) {
      if (depth < 4 && this.#random.oneIn(4)) current = this.#call(overlay, current, depth + 1);
      else this.#step(overlay, current);
    }
    if (!this.#random.oneIn(3)) return current;
    overlay.revertTo(snapshot);
    this.touched = touchedBefore;
    this.destructed = destructedBefore;
    return before;
  }

  #step(overlay: JournaledState, model: AccountModel): void {
    const random = this.#random;
    const address = random.pick(this.#ground.addresses);
    switch (random.below(8)) {
      case 0: {
        const value = random.pick([0n, 1n, 10n ** 30n, BigInt(random.below(1000))]);
        overlay.setBalance(address, value);
        model.open(address).balance = value;
        this.touched.add(address);
        break;
      }
      case 1: {
        const nonce = model.open(address).nonce + 1n;
        overlay.setNonce(address, nonce);
        model.open(address).nonce = nonce;
        this.touched.add(address);
        break;
      }
      case 2: {
        const code = random.bytes(random.below(3));
        overlay.setCode(address, code);
        model.open(address).code = code;
        this.touched.add(address);
        break;
      }
      case 3:
        overlay.touch(address);
        this.touched.add(address);
        break;
      case 4:
        if (!model.accounts.has(address) || !random.oneIn(3)) break;
        overlay.selfDestruct(address);
        this.destructed.add(address);
        break;
      default: {
        if (model.isEmpty(address)) break;
        const slot = random.pick(this.#ground.slots);
        const value = random.pick([0n, 0n, 1n, 127n, 128n, (1n << 256n) - 1n]);
        overlay.setStorage(address, slot, value);
        model.setSlot(address, slot, value);
        expect(overlay.getStorage(address, slot)).toBe(value);
      }
    }
  }
}

function expectSame(view: StateView, model: AccountModel, ground: Ground): void {
  for (const address of ground.addresses) {
    const expected = model.accounts.get(address);
    const found = view.account(address);
    expect(found?.balance).toBe(expected?.balance);
    expect(found?.nonce).toBe(expected?.nonce);
    if (found === undefined || expected === undefined) continue;
    expect(view.overlay().getCode(address)).toEqual(expected.code);
    for (const slot of ground.slots) {
      expect(view.slot(address, slot)).toBe(expected.storage.get(slot) ?? 0n);
    }
  }
}

const underTraffic = `WorldState under random traffic to %s (seed ${seed})`;

describe.each(Object.entries(grounds))(underTraffic, (_, ground) => {
  const BLOCKS = 40;
  const { addresses, slots } = ground;
  let random: SeededRandom;
  let chain: Chain;
  let models: AccountModel[];

  beforeEach(async () => {
    random = new SeededRandom(seed);
    chain = new Chain();
    models = [];
    const traffic = new RandomTraffic(random, ground);
    let model = new AccountModel();
    for (let block = 0; block < BLOCKS; block++) {
      await chain.commit((overlay) => {
        const count = 1 + random.below(4);
        for (let i = 0; i < count; i++) model = traffic.transaction(overlay, model);
      });
      models.push(model.clone());
    }
  });

  it('has the roots of the reference implementation', async () => {
    for (const [block, model] of models.entries()) {
      expect(chain.world.at(block).root).toBe(await model.root());
    }
  });

  it('reads every block as it was', () => {
    for (const [block, model] of models.entries()) {
      expectSame(chain.world.at(block), model, ground);
    }
  });

  it('proves accounts and slots at every block', () => {
    for (const [block, model] of models.entries()) {
      const { root } = chain.world.at(block);
      const address = random.pick(addresses);
      const proof = chain.world.proof(block, address, slots.slice(0, 3));
      const account = verifyAccount(root, address, proof.accountProof);
      expect(account).toEqual(proof.account);
      expect(account?.balance).toBe(model.accounts.get(address)?.balance);
      for (const { slot, value, proof: nodes } of proof.storageProof) {
        expect(verifySlot(account?.storageRoot ?? EMPTY_TRIE_ROOT, slot, nodes)).toBe(value);
        expect(value).toBe(model.accounts.get(address)?.storage.get(slot) ?? 0n);
      }
    }
  });

  it('passes its audit', () => {
    const { accounts, slots } = chain.world.audit();
    const alive = [...models[BLOCKS - 1].accounts.values()];
    expect(accounts).toBe(alive.length);
    expect(slots).toBe(alive.reduce((sum, { storage }) => sum + storage.size, 0));
  });

  it('leaves nothing behind when all accounts go', async () => {
    await chain.commit((overlay) => {
      for (const address of addresses) overlay.selfDestruct(address);
    });
    expect(chain.world.root()).toBe(EMPTY_TRIE_ROOT);
    for (const table of ['accounts', 'slots', 'trie'] as const) {
      expect(chain.store.count(table)).toBe(0);
    }
    expectSame(chain.world.at(BLOCKS - 1), models[BLOCKS - 1], ground);
  });

  it('prunes to a window, and keeps answering in it', async () => {
    for (let block = 0; block < 30; block++) {
      const keepFrom = block + 20;
      await chain.commit((overlay) => overlay.setBalance(ALICE, BigInt(block)), keepFrom);
    }
    expect(() => chain.world.at(48)).toThrow(coded(StateErrorCode.HistoryPruned));
    expect(chain.world.at(49).account(ALICE)?.balance).toBe(9n);
    expect(chain.world.at(69).account(ALICE)?.balance).toBe(29n);
    expectSame(chain.world.at(50), models[BLOCKS - 1], ground);
  });
});

describe('WorldState', () => {
  let chain: Chain;

  beforeEach(async () => {
    chain = new Chain();
    await chain.commit((overlay) => {
      overlay.setBalance(ALICE, 5n);
      overlay.setStorage(ALICE, 1n, 2n);
    });
  });

  it('is not changed by a block that is prepared and dropped', async () => {
    const before = chain.world.root();
    const dropped = chain.world.begin();
    dropped.setBalance(ALICE, 6n);
    dropped.setStorage(ALICE, 1n, 0n);
    const { stateRoot } = chain.world.prepareCommit(dropped, 1);
    expect(stateRoot).not.toBe(before);
    expect(chain.world.root()).toBe(before);
    await chain.commit((overlay) => overlay.setBalance(ALICE, 6n));
    expect(chain.world.at(1).slot(ALICE, 1n)).toBe(2n);
  });

  it('prepares a large block in many steps, with the same outcome', async () => {
    const overlay = chain.world.begin();
    for (let i = 0; i < 2000; i++) {
      overlay.setBalance(bigIntToHex(BigInt(i) + 1n, 20), 1n);
      overlay.setStorage(ALICE, BigInt(i) + 1n, 1n);
    }
    const { stateRoot } = chain.world.prepareCommit(overlay, 1);
    const steps = chain.world.prepareInSteps(overlay, 1);
    let count = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) count++;
    expect(count).toBeGreaterThan(100);
    expect(step.value.stateRoot).toBe(stateRoot);
    const batch = new WriteBatch();
    step.value.apply(batch);
    await chain.store.commit(batch);
    chain.world.audit();
  });

  it('refuses a commit that another one came before', async () => {
    const overlay = chain.world.begin();
    overlay.setBalance(BOB, 1n);
    await chain.commit((other) => other.setBalance(ALICE, 7n));
    const stale = coded(StateErrorCode.StaleOverlay);
    expect(() => chain.world.prepareCommit(overlay, 2)).toThrow(stale);
    expect(() => chain.world.prepareCommit(chain.world.begin(), 5)).toThrow(stale);
    const foreign = new JournaledState(chain.world);
    expect(() => chain.world.prepareCommit(foreign, 2)).toThrow(stale);
  });

  it('keeps a view at its block while newer ones come, until it is pruned', async () => {
    const view = chain.world.at(0);
    await chain.commit((overlay) => overlay.setBalance(ALICE, 7n));
    expect(view.account(ALICE)?.balance).toBe(5n);
    expect(chain.world.at(1).account(ALICE)?.balance).toBe(7n);
    await chain.commit(() => {}, 1);
    expect(() => view.account(ALICE)).toThrow(coded(StateErrorCode.HistoryPruned));
  });

  it('does not grow when the same slots are rewritten', async () => {
    const rewrite = (value: number) =>
      chain.commit((overlay) => {
        for (let slot = 0n; slot < 50n; slot++) overlay.setStorage(ALICE, slot, BigInt(value));
      }, chain.next - 4);
    for (let value = 1; value < 10; value++) await rewrite(value);
    const size = () =>
      (['accounts', 'slots', 'trie', 'history', 'meta', 'codes'] as const).map((table) =>
        chain.store.count(table),
      );
    const before = size();
    for (let value = 10; value < 30; value++) await rewrite(value);
    expect(size()).toEqual(before);
  });

  it('reads before a block that changed more than one record of history holds', async () => {
    const COUNT = 1000;
    const address = (i: number) => bigIntToHex(BigInt(i) * 7919n + 1n, 20);
    const change = (value: bigint) =>
      chain.commit((overlay) => {
        for (let i = 0; i < COUNT; i++) overlay.setBalance(address(i), value + BigInt(i));
      });
    await change(1n);
    const diffs = chain.store.count('history');
    await change(2n);
    expect(chain.store.count('history')).toBeGreaterThan(diffs + 1);
    await change(3n);
    for (const block of [1, 2, 3]) {
      for (let i = 0; i < COUNT; i += 7) {
        expect(chain.world.at(block).account(address(i))?.balance).toBe(BigInt(block + i));
      }
    }
    chain.world.audit();
  });

  it('finds every version of a record that came, changed often and went, and came again', async () => {
    const BLOCKS = 150;
    const balanceAt = (block: number) => (block % 40 === 0 ? undefined : BigInt(block));
    for (let block = 1; block <= BLOCKS; block++) {
      await chain.commit((overlay) => {
        const balance = balanceAt(block);
        if (balance === undefined) overlay.selfDestruct(BOB);
        else overlay.setBalance(BOB, balance);
      });
    }
    for (let block = 1; block <= BLOCKS; block++) {
      expect(chain.world.at(block).account(BOB)?.balance).toBe(balanceAt(block));
    }
  });

  it('keeps everything as an archive', async () => {
    chain = new Chain({ archive: true });
    for (let block = 0; block < 10; block++) {
      await chain.commit((overlay) => overlay.setBalance(ALICE, BigInt(block)), block);
    }
    expect(chain.world.at(0).account(ALICE)).toBeUndefined();
    expect(chain.world.at(1).account(ALICE)?.balance).toBe(1n);
  });

  it('is amended without a block, and earlier states stay as they were', async () => {
    await chain.commit((overlay) => overlay.setStorage(ALICE, 9n, 1n));
    const roots = [0, 1].map((block) => chain.world.at(block).root);
    const overlay = chain.world.begin();
    overlay.setBalance(ALICE, 1_000n);
    overlay.setBalance(BOB, 2_000n);
    overlay.setStorage(ALICE, 9n, 2n);
    const batch = new WriteBatch();
    const prepared = chain.world.prepareAmendment(overlay);
    prepared.apply(batch);
    await chain.store.commit(batch);

    expect(chain.world.head).toMatchObject({ blockNumber: 1, root: prepared.stateRoot });
    expect(chain.world.at(1).account(BOB)?.balance).toBe(2_000n);
    await chain.commit(() => {});
    expect(chain.world.at(1).root).toBe(prepared.stateRoot);
    const before = chain.world.at(0);
    expect(before.root).toBe(roots[0]);
    expect(before.account(ALICE)?.balance).toBe(5n);
    expect(before.account(BOB)).toBeUndefined();
    expect(before.slot(ALICE, 9n)).toBe(0n);
    const { accountProof } = chain.world.proof(0, ALICE, [9n]);
    expect(verifyAccount(before.root, ALICE, accountProof)).toEqual(before.account(ALICE));
    chain.world.audit();
  });

  it('refuses an amendment that another commit has overtaken', async () => {
    const overlay = chain.world.begin();
    await chain.commit((other) => other.setBalance(BOB, 1n));
    expect(() => chain.world.prepareAmendment(overlay)).toThrow(coded(StateErrorCode.StaleOverlay));
  });

  it('follows the writer when it is opened for reading', async () => {
    const reader = new WorldState({ readOnly: true }, { store: chain.store });
    await chain.commit((overlay) => overlay.setBalance(ALICE, 7n));
    expect(reader.at(1).account(ALICE)?.balance).toBe(7n);
    expect(reader.at(0).account(ALICE)?.balance).toBe(5n);
    expect(reader.root()).toBe(chain.world.root());
  });

  it('finds its state again after a restart', async () => {
    const again = new WorldState({}, { store: chain.store });
    expect(again.head).toEqual(chain.world.head);
    expect(again.account(ALICE)?.balance).toBe(5n);
  });

  it('audits flat records and trie against each other', async () => {
    expect(chain.world.audit()).toEqual({ accounts: 1, slots: 1, nodes: 0 });
    const batch = new WriteBatch();
    for (const [key] of chain.store.range('slots', {})) batch.put('slots', key, Uint8Array.of(9));
    await chain.store.commit(batch);
    expect(() => chain.world.audit()).toThrow(coded(StateErrorCode.CorruptState));
  });
});
