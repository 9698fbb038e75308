import { type Block, createBlock } from '@ethereumjs/block';
import { Common, Mainnet } from '@ethereumjs/common';
import { createTx, type TypedTransaction } from '@ethereumjs/tx';
import { Account, createAddressFromString, type KZG } from '@ethereumjs/util';
import { createVM, runTx, type VM } from '@ethereumjs/vm';
import { type Address, bigIntToBytes, bytesToHex, keccak256 } from '@flotilla/common';
import type { EvmTransaction, Hardfork } from '@flotilla/evm';
import type { FuzzOutcome, Subject } from './outcome.js';
import { FUZZ_BLOCK, type Scenario } from './scenario.js';

const quantity = (value: bigint) => `0x${value.toString(16)}` as const;
const at = (address: Address) => createAddressFromString(address);

function convert(tx: EvmTransaction, common: Common): TypedTransaction {
  const { type, to, nonce, gasLimit, value, data, maxFeePerGas, maxPriorityFeePerGas } = tx;
  const fees = type < 2 ? { gasPrice: maxFeePerGas } : { maxFeePerGas, maxPriorityFeePerGas };
  const authorizationList = tx.authorizationList?.map((authorization) => ({
    chainId: quantity(authorization.chainId),
    address: authorization.address,
    nonce: quantity(authorization.nonce),
    yParity: quantity(BigInt(authorization.yParity)),
    r: quantity(authorization.r),
    s: quantity(authorization.s),
  }));
  const typed = {
    type,
    nonce,
    gasLimit,
    value,
    data,
    ...fees,
    ...(to === undefined ? {} : { to }),
    ...(type === 0 ? {} : { accessList: tx.accessList ?? [], chainId: 1n }),
    ...(authorizationList === undefined ? {} : { authorizationList }),
  };
  const unsigned = createTx(typed as Parameters<typeof createTx>[0], { common, freeze: false });
  // Signing would take most of the time, and both machines are told the sender.
  unsigned.getSenderAddress = () => at(tx.from);
  unsigned.isSigned = () => true;
  return unsigned;
}

/** No random input is a valid proof, and a machine without KZG would refuse to look. */
const NO_KZG = {
  loadTrustedSetup: () => undefined,
  freeTrustedSetup: () => undefined,
  verifyKzgProof: () => false,
  verifyProof: () => false,
} as unknown as KZG;

/** `@ethereumjs/vm`, an implementation that nobody here wrote. */
export async function ethereumjsSubject(scenario: Scenario, hardfork: Hardfork): Promise<Subject> {
  const common = new Common({ chain: Mainnet, hardfork, customCrypto: { kzg: NO_KZG, keccak256 } });
  const vm = await createVM({ common });
  for (const [address, account] of scenario.accounts) {
    await vm.stateManager.putAccount(at(address), new Account(account.nonce, account.balance));
    if (account.code.length > 0) await vm.stateManager.putCode(at(address), account.code);
    for (const [slot, value] of account.storage) {
      const bytes = Uint8Array.from(bigIntToBytes(value, 32));
      const first = bytes.findIndex((byte) => byte !== 0);
      await vm.stateManager.putStorage(at(address), bigIntToBytes(slot, 32), bytes.subarray(first));
    }
  }
  const block = createBlock(
    {
      header: {
        number: FUZZ_BLOCK.number,
        timestamp: FUZZ_BLOCK.timestamp,
        coinbase: FUZZ_BLOCK.coinbase,
        gasLimit: FUZZ_BLOCK.gasLimit,
        baseFeePerGas: FUZZ_BLOCK.baseFee,
        mixHash: FUZZ_BLOCK.prevRandao,
        excessBlobGas: 0n,
      },
    },
    { common },
  );
  return { run: (tx) => runOne(vm, block, () => convert(tx, common)) };
}

async function runOne(vm: VM, block: Block, convert: () => TypedTransaction): Promise<FuzzOutcome> {
  let outcome: Omit<FuzzOutcome, 'stateRoot'>;
  try {
    const result = await runTx(vm, { tx: convert(), block });
    outcome = {
      isRefused: false,
      succeeded: result.execResult.exceptionError === undefined,
      gasUsed: result.totalGasSpent,
      logs: (result.receipt.logs ?? []).map(([address, topics, data]) =>
        [address, ...topics, data].map((part) => bytesToHex(part)).join(),
      ),
      note: result.execResult.exceptionError?.error,
    };
  } catch (error) {
    outcome = { isRefused: true, note: (error as Error).message };
  }
  const stateRoot = bytesToHex(await vm.stateManager.getStateRoot());
  return { ...outcome, stateRoot };
}
