import type { ProvenAccount, VerifiedBundle } from '@flotilla/sdk';
import { formatFacts } from './table.js';

/** What a bundle proved, flat enough for scripts. */
export interface ProofFacts {
  readonly verified: true;
  readonly chainId: number;
  /** The root's block that all of it hangs on. */
  readonly rootBlock: { readonly number: number; readonly hash: string };
  readonly checkpointHash: string;
  readonly checkpoint: VerifiedBundle['checkpoint'];
  readonly block: VerifiedBundle['block'];
  readonly account: AccountFacts | null;
}

export interface AccountFacts {
  readonly address: string;
  /** False: it is proven that there is no such account. */
  readonly exists: boolean;
  /** The smallest unit, decimal. */
  readonly balance: string;
  readonly nonce: string;
  readonly codeHash: string | null;
  readonly slots: readonly { readonly slot: string; readonly value: string }[];
}

function accountFacts({ address, account, slots }: ProvenAccount): AccountFacts {
  return {
    address,
    exists: account !== undefined,
    balance: String(account?.balance ?? 0n),
    nonce: String(account?.nonce ?? 0n),
    codeHash: account?.codeHash ?? null,
    slots: slots.map(({ slot, value }) => ({
      slot,
      value: `0x${value.toString(16).padStart(64, '0')}`,
    })),
  };
}

export function proofFacts(bundle: VerifiedBundle): ProofFacts {
  return {
    verified: true,
    chainId: bundle.checkpoint.chainId,
    rootBlock: { number: bundle.root.number, hash: bundle.root.hash },
    checkpointHash: bundle.checkpointHash,
    checkpoint: bundle.checkpoint,
    block: bundle.block,
    account: bundle.account === undefined ? null : accountFacts(bundle.account),
  };
}

export function formatProof(facts: ProofFacts): string {
  const { checkpoint, block, account } = facts;
  const lines: [string, string][] = [
    ['Chain id', String(facts.chainId)],
    ['Checkpoint', `${checkpoint.index}, blocks ${checkpoint.firstBlock}–${checkpoint.lastBlock}`],
    ['Checkpoint hash', facts.checkpointHash],
    ['Block', `${block.number} ${block.hash}`],
    ['State root', block.stateRoot],
    ['Time', new Date(block.timestamp * 1_000).toISOString()],
  ];
  if (account !== null) {
    lines.push(['Account', account.exists ? account.address : `${account.address} does not exist`]);
    if (account.exists) {
      lines.push(['  balance', account.balance], ['  nonce', account.nonce]);
      if (account.codeHash !== null) lines.push(['  code hash', account.codeHash]);
    }
    for (const { slot, value } of account.slots) lines.push([`  slot ${BigInt(slot)}`, value]);
  }
  const heading = `Proven under root block ${facts.rootBlock.number} ${facts.rootBlock.hash}:`;
  return `${heading}\n\n${formatFacts(lines)}`;
}
