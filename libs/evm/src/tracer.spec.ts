import { bytesToHex, hexToBytes } from '@flotilla/common';
import { Evm } from './evm.js';
import { BLOCK, CONTRACT, OTHER, SENDER, stateWith, transaction } from './testing/playground.js';
import type { EnterEvent, ExitEvent, StepEvent } from './tracer.js';

const evm = new Evm({ hardfork: 'prague' });
// CALL(all gas, OTHER, value 0, no input, 32 bytes of output at 0); STOP
const CALLER = `0x60205f5f5f5f73${OTHER.slice(2)}5af100` as const;
// MSTORE(0, 42); REVERT(0, 32)
const REVERTER = '0x602a5f5260205ffd';

describe('tracer', () => {
  it('reports frames as they are entered and left', () => {
    const entered: EnterEvent[] = [];
    const left: ExitEvent[] = [];
    const tracer = {
      onEnter: (event: EnterEvent) => entered.push(event),
      onExit: (event: ExitEvent) => left.push(event),
    };
    const state = stateWith({ [CONTRACT]: CALLER, [OTHER]: REVERTER });
    evm.executeTransaction(transaction({ data: hexToBytes('0xabcd') }), BLOCK, state, { tracer });
    expect(entered).toMatchObject([
      { kind: 'CALL', depth: 0, from: SENDER, to: CONTRACT, value: 0n },
      { kind: 'CALL', depth: 1, from: CONTRACT, to: OTHER },
    ]);
    expect(bytesToHex(entered[0].input)).toBe('0xabcd');
    expect(left).toMatchObject([{ depth: 1, error: 'REVERT' }, { depth: 0 }]);
    expect(left[1].error).toBeUndefined();
    expect(left[0].output).toHaveLength(32);
  });

  it('reports every instruction with the gas, stack and memory before it', () => {
    const steps: [string, number, bigint[], number][] = [];
    const state = stateWith({ [CONTRACT]: REVERTER });
    const tracer = {
      onStep: (step: StepEvent) =>
        steps.push([step.opcodeName, step.gas, step.stack(), step.memory().length]),
    };
    evm.executeTransaction(transaction({ gasLimit: 22_000n }), BLOCK, state, { tracer });
    expect(steps).toEqual([
      ['PUSH1', 1_000, [], 0],
      ['PUSH0', 997, [42n], 0],
      ['MSTORE', 995, [42n, 0n], 0],
      ['PUSH1', 989, [], 32],
      ['PUSH0', 986, [32n], 32],
      ['REVERT', 984, [32n, 0n], 32],
    ]);
  });

  it('changes nothing about the outcome', () => {
    const run = (tracer?: { onStep(): void }) =>
      evm.executeTransaction(
        transaction(),
        BLOCK,
        stateWith({ [CONTRACT]: CALLER, [OTHER]: REVERTER }),
        tracer && { tracer },
      );
    expect(run({ onStep: () => undefined })).toEqual(run());
  });
});
