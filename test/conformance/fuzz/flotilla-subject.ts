import { bytesToHex } from '@flotilla/common';
import { type Evm, EvmError } from '@flotilla/evm';
import { WorldState, WriteBatch } from '@flotilla/state';
import { MemoryStore } from '@flotilla/testing';
import type { FuzzOutcome, Subject } from './outcome.js';
import { FUZZ_BLOCK, type Scenario } from './scenario.js';

/** Our own machine and state; every transaction is committed as a block of its own. */
export async function flotillaSubject(scenario: Scenario, evm: Evm): Promise<Subject> {
  const store = new MemoryStore();
  const world = new WorldState({}, { store });
  let blockNumber = 0;
  let state = world.begin();
  const commit = async () => {
    const batch = new WriteBatch();
    const prepared = world.prepareCommit(state, blockNumber++);
    prepared.apply(batch);
    await store.commit(batch);
    state = world.begin();
    return prepared.stateRoot;
  };
  for (const [address, account] of scenario.accounts) {
    state.setBalance(address, account.balance);
    state.setNonce(address, account.nonce);
    if (account.code.length > 0) state.setCode(address, account.code);
    for (const [slot, value] of account.storage) state.setStorage(address, slot, value);
  }
  await commit();
  return {
    async run(tx): Promise<FuzzOutcome> {
      try {
        const result = evm.executeTransaction(tx, FUZZ_BLOCK, state);
        return {
          isRefused: false,
          succeeded: result.status === 'success',
          gasUsed: result.gasUsed,
          logs: result.logs.map((log) => [log.address, ...log.topics, bytesToHex(log.data)].join()),
          stateRoot: await commit(),
          note: result.haltReason,
        };
      } catch (error) {
        if (!(error instanceof EvmError)) throw error;
        return { isRefused: true, stateRoot: await commit(), note: error.code };
      }
    },
  };
}
