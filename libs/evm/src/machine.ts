import { type Address, EMPTY_BYTES, type Hash } from '@flotilla/common';
import { reclaim } from './allotment.js';
import { CodeCache } from './code-cache.js';
import { collides, finishCreate } from './create.js';
import { EvmError, EvmErrorCode } from './errors.js';
import { type Frame, FramePool } from './frame.js';
import { Gas } from './gas.js';
import { EMPTY_CODE_HASH } from './hashes.js';
import { isActive, type OpcodeInfo, opcodeTable } from './opcodes.js';
import { type PrecompileTable, precompiles } from './precompiles/precompiles.js';
import { compile, type Program } from './program.js';
import { reportEnter, reportExit, reportStop } from './report.js';
import type { Signal } from './signal.js';
import type { EvmState } from './state.js';
import type { Tracer } from './tracer.js';
import type { BlockEnv, Hardfork } from './types.js';
import { toBig, type Word } from './word.js';
import { hexToWord, wordToAddress } from './word-bytes.js';

/** How many basic blocks run between two looks at the interrupt. */
const BLOCKS_PER_INTERRUPT_CHECK = 4096;

const ADDRESS_MAX = (1n << 160n) - 1n;

/** What all frames of one execution share. */
export interface ExecutionContext {
  readonly state: EvmState;
  readonly block: BlockEnv;
  readonly origin: Address;
  /** Wei per gas, as GASPRICE shows it. */
  readonly gasPrice: bigint;
  /** As BASEFEE and BLOBBASEFEE show it; calls without a fee see 0. */
  readonly baseFee: bigint;
  readonly blobBaseFee: bigint;
  readonly blobHashes: readonly Hash[];
  /** Whether CREATE and CREATE2 may make contracts. */
  readonly mayCreate: boolean;
  readonly tracer: Tracer | undefined;
  readonly interrupt: (() => boolean) | undefined;
}

/** Runs what is worth more than interpreting. */
export interface CodeTranslator {
  /** The heat at which a block is no longer interpreted. */
  readonly threshold: number;
  /**
   * Runs from the header at the frame's `ip`, whose block has reached the threshold, as far as it gets. `interpret`
   * means that the block that `ip` is at now is the interpreter's.
   */
  run(vm: Machine, frame: Frame): Signal;
}

/** The state of an execution, and how frames are entered, left and settled. One execution at a time. */
export class Machine {
  readonly frames = new FramePool();
  readonly precompiles: PrecompileTable;
  readonly delegation: boolean;
  state!: EvmState;
  block!: BlockEnv;
  context!: ExecutionContext;
  origin: Word = 0;
  /** The frame that `Signal.call` speaks of. */
  child!: Frame;
  /** Blocks until the next look at the interrupt. */
  ticks = BLOCKS_PER_INTERRUPT_CHECK;
  private readonly table: readonly (OpcodeInfo | undefined)[];
  private readonly programs: CodeCache;
  private readonly steppingPrograms: CodeCache;
  private readonly emptyProgram: Program;

  constructor(
    hardfork: Hardfork,
    codeCacheBytes: number,
    readonly translator: CodeTranslator,
  ) {
    this.table = opcodeTable(hardfork);
    this.programs = new CodeCache(codeCacheBytes);
    this.steppingPrograms = new CodeCache(codeCacheBytes / 4);
    this.precompiles = precompiles(hardfork);
    this.delegation = isActive('prague', hardfork);
    this.emptyProgram = compile(EMPTY_BYTES, this.table);
  }

  begin(context: ExecutionContext): void {
    this.context = context;
    this.state = context.state;
    this.block = context.block;
    this.origin = hexToWord(context.origin);
    this.ticks = BLOCKS_PER_INTERRUPT_CHECK;
  }

  /**
   * Snapshots the state, moves the value and resolves the code. True when the frame has code to run; otherwise
   * (a precompile, an account without code, a colliding create) the frame has ended and its outcome is set.
   */
  enter(frame: Frame): boolean {
    frame.begin();
    if (this.context.tracer !== undefined) reportEnter(this, frame);
    frame.snapshot = this.state.snapshot();
    const runs = frame.isCreate() ? this.enterCreate(frame) : this.enterCall(frame);
    if (!runs) this.leave(frame);
    return runs;
  }

  private enterCall(frame: Frame): boolean {
    const { state } = this;
    if (frame.kind === 'CALL' || frame.kind === 'STATICCALL') {
      if (frame.value !== 0) this.transfer(frame.caller, frame.address, toBig(frame.value));
      else state.touch(frame.address);
    }
    const precompile = this.precompiles.get(frame.codeAddress);
    if (precompile !== undefined) {
      precompile(frame, this.pause);
      return false;
    }
    const program = this.programOf(frame.codeAddress);
    if (program === this.emptyProgram) return false;
    frame.start(program);
    return true;
  }

  private enterCreate(frame: Frame): boolean {
    const { state } = this;
    if (collides(state, frame.address)) {
      frame.halt(EvmErrorCode.CreateCollision);
      return false;
    }
    state.createAccount(frame.address);
    state.setNonce(frame.address, 1n);
    if (frame.value !== 0) this.transfer(frame.caller, frame.address, toBig(frame.value));
    const initCode = frame.input;
    frame.input = EMPTY_BYTES;
    frame.start(this.compile(initCode));
    return true;
  }

  /** Ends a frame: deploys what a create returned, undoes what a failed frame did, cleans its memory. */
  leave(frame: Frame): void {
    if (this.stepping) reportStop(this, frame);
    if (frame.status === 'success' && frame.isCreate()) finishCreate(this.state, frame);
    if (frame.status !== 'success') this.state.revertTo(frame.snapshot);
    frame.memory.reset();
    if (this.context.tracer !== undefined) reportExit(this, frame);
  }

  /** Hands a child's outcome to its parent: the rest of the gas, the flag or address, the return data. */
  settle(parent: Frame, child: Frame): void {
    const succeeded = child.status === 'success';
    reclaim(parent, child);
    if (child.isCreate()) {
      parent.returnData = child.status === 'revert' ? child.output : EMPTY_BYTES;
      parent.stack[parent.sp++] = succeeded ? child.addressWord : 0;
      return;
    }
    parent.returnData = child.output;
    parent.stack[parent.sp++] = succeeded ? 1 : 0;
    const length = Math.min(child.returnLength, child.output.length);
    parent.memory.copyIn(child.returnOffset, child.output, 0, length);
  }

  /** The program of an account, following one EIP-7702 delegation. */
  programOf(address: Address): Program {
    const program = this.load(address);
    if (program.delegate === undefined || !this.delegation) return program;
    // A delegation to a precompile or to another designator runs neither (EIP-7702).
    return this.precompiles.has(program.delegate) ? this.emptyProgram : this.load(program.delegate);
  }

  /** The delegate of an account under EIP-7702, if it has one. */
  delegateOf(address: Address): Address | undefined {
    return this.delegation ? this.load(address).delegate : undefined;
  }

  /**
   * EIP-2929: warms the address and returns what a cold access costs more; precompiles are always warm.
   * @param word as on the stack: small, or with bits above the 160 of the address, if it may be a precompile
   */
  accessCost(word: Word, address: Address): number {
    if ((typeof word === 'number' || word > ADDRESS_MAX) && this.precompiles.has(address)) return 0;
    return this.state.warmAddress(address) ? 0 : Gas.coldAccount - Gas.warmAccess;
  }

  /** EIP-7702: what resolving a delegation costs, as one more account access. */
  delegateCost(delegate: Address): number {
    if (this.precompiles.has(delegate)) return Gas.warmAccess;
    return this.state.warmAddress(delegate) ? Gas.warmAccess : Gas.coldAccount;
  }

  opcodeName(opcode: number): string {
    return this.table[opcode]?.name ?? `opcode 0x${opcode.toString(16)} not defined`;
  }

  staticGas(opcode: number): number {
    return this.table[opcode]?.gas ?? 0;
  }

  transfer(from: Address, to: Address, amount: bigint): void {
    const { state } = this;
    state.setBalance(from, state.getBalance(from) - amount);
    state.setBalance(to, state.getBalance(to) + amount);
  }

  /** Precompiles take long for few instructions: the loop's count doesn't tell. */
  private readonly pause = (): void => {
    if (this.context.interrupt !== undefined) this.checkInterrupt();
  };

  /** Called by the loop when `ticks` is used up. */
  checkInterrupt(): void {
    this.ticks = BLOCKS_PER_INTERRUPT_CHECK;
    if (this.context.interrupt?.()) {
      throw new EvmError(EvmErrorCode.Interrupted, 'execution was interrupted');
    }
  }

  addressOf(word: Word): Address {
    return wordToAddress(word);
  }

  private get stepping(): boolean {
    return this.context.tracer?.onStep !== undefined;
  }

  private load(address: Address): Program {
    const hash = this.state.getCodeHash(address);
    if (hash === EMPTY_CODE_HASH) return this.emptyProgram;
    const programs = this.stepping ? this.steppingPrograms : this.programs;
    let program = programs.get(hash);
    if (program === undefined) {
      program = this.compile(this.state.getCode(address));
      programs.set(hash, program);
    }
    return program;
  }

  private compile(code: Uint8Array): Program {
    return compile(code, this.table, this.stepping);
  }
}
