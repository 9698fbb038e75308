import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { auditChain, auditJournal, type ChainAudit } from '@flotilla/chain';
import { FlotillaError } from '@flotilla/common';
import { FolderLock, inspectDatabase, inspectJournal, LmdbStore } from '@flotilla/store';
import { broken, type Check, ok, warning } from './check.js';

/** More of the same would hide the rest. */
const MAX_PROBLEMS = 20;

/** The folders of all nodes of this machine: the root's and each chain's. */
export function nodeFolders(home: string): string[] {
  const chains = resolve(home, 'chains');
  const names = existsSync(chains) ? readdirSync(chains).sort() : [];
  const folders = [resolve(home, 'root'), ...names.map((name) => join(chains, name))];
  return folders.filter((folder) => existsSync(join(folder, 'data')));
}

/**
 * Reads everything that a node keeps, changes nothing, and tells whether it is whole and agrees with itself. The node
 * may run meanwhile. Nothing else gets a turn until it is done.
 */
export async function checkFolder(
  folder: string,
  progress: (text: string) => void,
): Promise<Check[]> {
  const pid = FolderLock.holder(join(folder, 'lock'));
  // LMDB follows damaged pages to wherever they lead: of a node that is down it opens only what was found to be sound.
  const scan = new FolderScan(folder, progress);
  if (pid === undefined) {
    scan.checks.push(ok(scan.name, `${folder}, not running`));
    if (!scan.database()) return scan.checks;
    return scan.withStore((store) => scan.contents(store));
  }
  scan.checks.push(ok(scan.name, `${folder}, as it is now: process ${pid} runs there`));
  return scan.withStore((store) => {
    const release = store.hold();
    try {
      if (scan.database()) scan.contents(store);
    } finally {
      release();
    }
  });
}

/** What an audit that found nothing wrong went through. */
export function summaryOf(audit: ChainAudit): string {
  const { blocks, transactions, accounts, slots, trieNodes, pastStates } = audit;
  const past =
    pastStates === undefined
      ? 'past states not checked: the chain was tampered with'
      : `${pastStates} past states`;
  return `${blocks} blocks, ${transactions} transactions, ${accounts} accounts, ${slots} slots, ${trieNodes} trie nodes, ${past}`;
}

class FolderScan {
  readonly checks: Check[] = [];
  readonly name: string;

  constructor(
    private readonly folder: string,
    private readonly progress: (text: string) => void,
  ) {
    this.name = basename(folder);
  }

  async withStore(run: (store: LmdbStore) => void): Promise<Check[]> {
    const store = LmdbStore.open({ path: join(this.folder, 'data'), readOnly: true });
    try {
      run(store);
    } finally {
      await store.close();
    }
    return this.checks;
  }

  /** Pages and checksums. Whether they are sound. */
  database(): boolean {
    const problems = new Problems();
    const found = inspectDatabase(join(this.folder, 'data'), {
      progress: (records) => this.progress(`${this.name}: ${records} records`),
      problem: problems.add,
    });
    return this.#conclude('database', problems, () => {
      return `${found?.pages} pages, ${found?.records} records`;
    });
  }

  /** What the records say, and the journal. */
  contents(store: LmdbStore): void {
    const problems = new Problems();
    const found = problems.catching(() =>
      auditChain(store, {
        progress: (stage, done, total) =>
          this.progress(`${this.name}: ${stage} ${total === 0 ? '' : `${done} of ${total}`}`),
        problem: problems.add,
      }),
    );
    this.#conclude('chain', problems, () => summaryOf(found!));
    this.#journal(store);
  }

  #journal(store: LmdbStore): void {
    const problems = new Problems();
    const journal = problems.catching(() => inspectJournal(join(this.folder, 'journal')));
    const found = problems.catching(() =>
      auditJournal(journal?.records ?? [], store, problems.add),
    );
    const isSound = this.#conclude('journal', problems, () => {
      return `${found?.transactions} transactions, ${found?.waiting} not yet mined`;
    });
    if (!isSound || journal === undefined || journal.tornBytes === 0) return;
    this.checks.push(
      warning(
        `${this.name}: journal`,
        `ends in ${journal.tornBytes} bytes of a write that did not finish`,
        'nothing: nobody was told of it, and the next start cuts it off',
      ),
    );
  }

  #conclude(what: string, { shown, count }: Problems, detail: () => string): boolean {
    const name = `${this.name}: ${what}`;
    if (count === 0) this.checks.push(ok(name, detail()));
    const next = `stop the chain, keep a copy of ${this.folder}, look for a failing disk, and restore the folder from a backup`;
    for (const problem of shown) this.checks.push(broken(name, problem, next));
    if (count > shown.length) {
      this.checks.push(broken(name, `and ${count - shown.length} more`, next));
    }
    return count === 0;
  }
}

class Problems {
  readonly shown: string[] = [];
  count = 0;

  readonly add = (what: string): void => {
    this.count++;
    if (this.shown.length < MAX_PROBLEMS) this.shown.push(what);
  };

  catching<Result>(run: () => Result): Result | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof FlotillaError)) throw error;
      this.add(`${error.message} [${error.code}]`);
      return undefined;
    }
  }
}
