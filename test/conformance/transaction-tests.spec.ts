import { join, relative } from 'node:path';
import { TransactionReceiver } from '@flotilla/chain';
import { bytesToHex, FlotillaError, type Hex, hexToBytes } from '@flotilla/common';
import { type Hardfork, intrinsicGas } from '@flotilla/evm';
import { receiveTransaction } from '../../libs/chain/src/transaction/receive.js';
import {
  transactionCost,
  type ValidationRules,
  validateFunds,
  validateStateless,
} from '../../libs/chain/src/txpool/validation.js';
import { ethereumTestsFolder, jsonFiles, readJson } from './fixtures.js';

interface Verdict {
  readonly exception?: string;
  readonly sender?: Hex;
  readonly hash?: Hex;
  readonly intrinsicGas: Hex;
}

interface TransactionCase {
  readonly txbytes: Hex;
  readonly result: Readonly<Record<string, Verdict>>;
}

const FORK: Hardfork = 'cancun';
const CHAIN_ID = 1n;
const RULES: ValidationRules = {
  hardfork: FORK,
  chainId: CHAIN_ID,
  gasLimit: 2n ** 64n - 1n,
  lowestFeeCap: 0n,
  allowUnprotected: true,
  allow: undefined,
};
/** Nobody can have more: gas that costs more overflows. */
const RICHEST = 2n ** 256n - 1n;
/**
 * Every file's newest fork, as 61 of the 210 were not filled for Cancun: encodings that each of their forks refuses.
 * Cancun reads none of them otherwise, for all it adds is type 3.
 */
const FORKS = ['Cancun', 'Shanghai', 'London'];

const root = join(ethereumTestsFolder(), 'TransactionTests');
const cases = jsonFiles(root).flatMap((file) =>
  Object.entries(readJson<Record<string, TransactionCase>>(file)).map(
    ([name, { txbytes, result }]) => {
      const fork = FORKS.find((known) => result[known] !== undefined);
      if (fork === undefined) throw new Error(`${file}: none of ${FORKS}`);
      const title = `${relative(root, file)} ${name} (${fork})`;
      return [title, hexToBytes(txbytes), result[fork]] as const;
    },
  ),
);

/** What an admission says, or the code of its refusal. */
function outcome<T>(admit: () => T): T | string {
  try {
    return admit();
  } catch (error) {
    if (error instanceof FlotillaError) return error.code;
    throw error;
  }
}

/** One transaction's way into the pool: everything but the sender's nonce and code. */
function admit(raw: Uint8Array) {
  const tx = receiveTransaction(raw, CHAIN_ID);
  validateStateless(tx, RULES);
  const cost = transactionCost(tx) - tx.value;
  validateFunds(RICHEST, { cost, pooled: 0n, replaced: undefined });
  return { sender: tx.from, hash: tx.hash, intrinsicGas: intrinsicGas(tx, FORK).intrinsic };
}

/** The rules that come after encoding and signature, and our code for each. */
const RULE_BROKEN: Readonly<Record<string, string>> = {
  GASLIMIT_PRICE_PRODUCT_OVERFLOW: 'INSUFFICIENT_FUNDS',
  INITCODE_SIZE_EXCEEDED: 'INIT_CODE_TOO_LARGE',
  INTRINSIC_GAS_TOO_LOW: 'INTRINSIC_GAS_TOO_LOW',
  NONCE_TOO_BIG: 'NONCE_MAX',
  PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2: 'TIP_ABOVE_FEE_CAP',
};
/** Which of several faults in encoding and signature is named first is each client's own. */
const UNREADABLE = expect.stringMatching(
  /^(INVALID_(TRANSACTION|SENDER|CHAIN_ID)|TRANSACTION_TYPE_NOT_SUPPORTED)$/,
);

function expected({ exception, sender, hash, intrinsicGas: gas }: Verdict): unknown {
  if (exception === undefined) return { sender, hash, intrinsicGas: BigInt(gas) };
  return RULE_BROKEN[exception.replace('TransactionException.', '')] ?? UNREADABLE;
}

describe("Ethereum's transaction tests", () => {
  it('has them all', () => expect(cases).toHaveLength(210));

  it.each(cases)('%s', (_, raw, verdict) => {
    expect(outcome(() => admit(raw))).toEqual(expected(verdict));
  });

  const receiver = new TransactionReceiver(CHAIN_ID);
  it.each(cases)('%s: the same when received in place', (_, raw) => {
    const batched = outcome(() => {
      const { hash, sender } = receiver.receive(raw);
      return { hash: bytesToHex(hash), from: bytesToHex(sender) };
    });
    const alone = outcome(() => {
      const { hash, from } = receiveTransaction(raw, CHAIN_ID);
      return { hash, from };
    });
    expect(batched).toEqual(alone);
  });
});
