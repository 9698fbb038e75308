import { FlotillaError, ZERO_ADDRESS } from '@flotilla/common';
import { type StateStore, type Table, WorldState } from '@flotilla/state';
import type { Header } from '../block/types.js';
import { loadTampering } from '../dev/tampering.js';
import { loadHead } from '../genesis/open-store.js';
import { decodePointer } from '../storage/block-records.js';
import { ChainReader } from '../storage/chain-reader.js';
import { META } from '../storage/keys.js';
import { decodeTotals } from '../storage/totals.js';
import { measureTransactionIndex } from '../storage/transaction-index.js';
import { blockProblems } from './audit-block.js';

export type AuditStage = 'blocks' | 'history' | 'state';

export interface AuditVisitor {
  /** Called now and then. `total` is 0 when it isn't known. */
  progress(stage: AuditStage, done: number, total: number): void;
  /** @param what the subject and what is wrong with it, as a sentence */
  problem(what: string): void;
}

/** How much an audit went through. */
export interface ChainAudit {
  readonly blocks: number;
  readonly transactions: number;
  /** Past states whose root was checked against their block; undefined of a chain that was tampered with. */
  readonly pastStates: number | undefined;
  readonly accounts: number;
  readonly slots: number;
  readonly trieNodes: number;
}

const PROGRESS_EVERY = 256;
const MAX_PAST_STATES = 1024;

/**
 * Reads everything that a store holds of a chain and reports whatever contradicts something else: every block with its
 * transactions, receipts and indexes (and nothing in these tables besides), the tags, the totals, the roots of the past
 * states that are kept (not of a chain that was tampered with), and the newest state with its trie. Whoever calls sees to it that nothing is written meanwhile,
 * or that the store shows one snapshot.
 * @throws ChainError `CORRUPT_CHAIN` when there is no head to begin with; StoreError when it can't be read
 */
export function auditChain(store: StateStore, visitor: AuditVisitor): ChainAudit {
  const head = loadHead(store);
  const reader = new ChainReader({ store, newest: () => head.number });
  const audit = new ChainAuditor(store, reader, visitor);
  const { transactions, gasUsed } = audit.blocks(head);
  audit.tags(head);
  const isTampered = loadTampering(store) !== undefined;
  if (!isTampered) audit.counts(head, transactions);
  const totals = decodeTotals(store.get('meta', META.totals));
  if (totals.transactions !== transactions || totals.gasUsed !== gasUsed) {
    visitor.problem('the totals are not the sum of the blocks');
  }
  const world = new WorldState({ readOnly: true }, { store });
  const pastStates = isTampered ? undefined : audit.history(world, head);
  visitor.progress('state', 0, 0);
  const state = audit.attempt('the state', () => world.audit());
  return {
    blocks: head.number + 1,
    transactions,
    pastStates,
    accounts: state?.accounts ?? 0,
    slots: state?.slots ?? 0,
    trieNodes: state?.nodes ?? 0,
  };
}

class ChainAuditor {
  constructor(
    private readonly store: StateStore,
    private readonly reader: ChainReader,
    private readonly visitor: AuditVisitor,
  ) {}

  blocks(head: Header): { transactions: number; gasUsed: bigint } {
    let transactions = 0;
    let gasUsed = 0n;
    let parent: Header | undefined;
    for (let number = 0; number <= head.number; number++) {
      if (number % PROGRESS_EVERY === 0) this.visitor.progress('blocks', number, head.number + 1);
      this.attempt(`block ${number}`, () => {
        const block = this.reader.blockByNumber(number);
        if (block?.header.number !== number) {
          this.visitor.problem(`block ${number} is missing`);
          return;
        }
        for (const why of blockProblems(block, parent, this.reader)) {
          this.visitor.problem(`block ${number} ${why}`);
        }
        parent = block.header;
        transactions += block.transactions.length;
        gasUsed += block.header.gasUsed;
      });
    }
    return { transactions, gasUsed };
  }

  tags(head: Header): void {
    for (const tag of ['safe', 'finalized'] as const) {
      this.attempt(`the tag '${tag}'`, () => {
        const record = this.store.get('meta', META[tag]);
        if (record === undefined) return;
        const { number, hash } = decodePointer(record);
        const isOurs = number <= head.number && this.reader.headerByNumber(number)?.hash === hash;
        if (!isOurs) this.visitor.problem(`the tag '${tag}' is at a block that is not ours`);
      });
    }
  }

  /** Every block was found, so that anything more is too much. */
  counts(head: Header, transactions: number): void {
    const blocks = head.number + 1;
    const index = this.attempt('the transaction index', () => measureTransactionIndex(this.store));
    if (index?.announced !== transactions || index.held !== transactions) {
      this.visitor.problem(`the transaction index has not ${transactions} entries`);
    }
    const expected: readonly (readonly [Table, number])[] = [
      ['blocks', 2 * blocks],
      ['receipts', blocks],
      ['indexes', blocks + (index?.records ?? 0)],
    ];
    for (const [table, records] of expected) {
      this.attempt(`the table '${table}'`, () => {
        let found = 0;
        for (const _ of this.store.range(table, {})) found++;
        if (found === records) return;
        this.visitor.problem(`the table '${table}' holds ${found} records, not ${records}`);
      });
    }
  }

  /** A proof reads the root node as it was; with many past states, of some of them. */
  history(world: WorldState, head: Header): number {
    const oldest = world.head?.oldestBlock ?? head.number;
    const kept = head.number - oldest + 1;
    const step = Math.max(1, Math.ceil(kept / MAX_PAST_STATES));
    const total = Math.ceil(kept / step);
    let done = 0;
    for (let number = head.number; number >= oldest; number -= step) {
      if (done++ % PROGRESS_EVERY === 0) this.visitor.progress('history', done, total);
      this.attempt(`the state of block ${number}`, () => {
        if (world.at(number).root !== this.reader.headerByNumber(number)?.stateRoot) {
          this.visitor.problem(`the state of block ${number} has another root than the block`);
        }
        world.proof(number, ZERO_ADDRESS, []);
      });
    }
    return done;
  }

  /** Whatever can't be read is a problem, and not the end of the audit. */
  attempt<Result>(what: string, run: () => Result): Result | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof FlotillaError)) throw error;
      this.visitor.problem(`${what}: ${error.message} [${error.code}]`);
      return undefined;
    }
  }
}
