import { type Hex, hexToBytes } from '@flotilla/common';
import { opcodeTable } from './opcodes.js';
import { compile, Internal } from './program.js';

const program = (code: Hex, stepping = false) =>
  compile(hexToBytes(code), opcodeTable('prague'), stepping);

describe('compile', () => {
  it('finds jump destinations, but not inside push data', () => {
    const { targets } = program('0x605b5b00');
    expect(targets[1]).toBe(0);
    expect(targets[2]).not.toBe(0);
  });

  it('gives a JUMPDEST at the very start an index other than 0', () => {
    const { targets, ops } = program('0x5b00');
    expect(targets[0]).toBeGreaterThan(0);
    expect(ops[targets[0]]).toBe(Internal.block);
  });

  it('reads push data past the end of the code as zeros', () => {
    const { ops, args } = program('0x61ff');
    expect(args[ops.indexOf(Internal.push)]).toBe(0xff00);
  });

  it('resolves a pushed jump target, and marks an invalid one', () => {
    const good = program('0x6003565b00');
    expect(good.args[good.ops.indexOf(Internal.jumpTo)]).toBe(good.targets[3]);
    const bad = program('0x6004565b00');
    expect(bad.args[bad.ops.indexOf(Internal.jumpTo)]).toBe(0);
  });

  it('charges a block once, and ends it where the gas can be seen', () => {
    // PUSH1 PUSH1 ADD GAS | POP STOP | the STOP that every program ends with
    const { blockGas } = program('0x60016001015a5000');
    expect([...blockGas]).toEqual([3 + 3 + 3 + 2, 2, 0]);
  });

  it('knows how much stack a block needs and adds', () => {
    // POP POP PUSH1 PUSH1 PUSH1 STOP
    const { blockNeeds, blockGrows } = program('0x505060016001600100');
    expect(blockNeeds[0]).toBe(2);
    expect(blockGrows[0]).toBe(1);
  });

  it('recognises a delegation', () => {
    expect(program(`0xef0100${'ab'.repeat(20)}`).delegate).toBe(`0x${'ab'.repeat(20)}`);
    expect(program(`0xef0100${'ab'.repeat(19)}`).delegate).toBeUndefined();
  });

  it('reports every instruction when stepping', () => {
    const { ops, args } = program('0x5b600157', true);
    const pcs = args.filter((_, i) => ops[i] === Internal.step);
    expect(pcs).toEqual([0, 1, 3, 4]);
  });
});
