import type { OpcodeInfo } from '../opcodes.js';
import { CHILDREN, Internal, type Program } from '../program.js';
import { PURE_OPERATIONS } from './pure-operations.js';
import { SymbolicStack } from './symbolic-stack.js';
import { literal, numbersCode, truthCode, type Value, wordCode } from './value.js';

/** What an instruction pushes that the frame knows. */
const FRAME_VALUES: ReadonlyMap<number, Value> = new Map([
  [0x30, { code: 'frame.addressWord', type: 'word' }],
  [0x32, { code: 'vm.origin', type: 'word' }],
  [0x33, { code: 'frame.callerWord', type: 'word' }],
  [0x34, { code: 'frame.value', type: 'word' }],
  [0x36, { code: 'frame.input.length', type: 'number' }],
  [0x38, { code: 'frame.program.code.length', type: 'number' }],
  [0x3d, { code: 'frame.returnData.length', type: 'number' }],
  [0x59, { code: 'memory.size', type: 'number' }],
  [0x5a, { code: 'frame.reserve === undefined ? gas : visibleGas(frame, gas)', type: 'word' }],
]);

/** STOP, RETURN, REVERT, INVALID, SELFDESTRUCT: nothing follows. */
const ENDINGS = new Set([0x00, 0xf3, 0xfd, 0xfe, 0xff]);

/** What a trace asks of the region that it is part of. */
export interface TraceContext {
  readonly program: Program;
  readonly table: readonly (OpcodeInfo | undefined)[];
  /** By block: the index of its first instruction, its header. */
  readonly starts: readonly number[];
  readonly region: number;
  /** How many instructions the trace may have, about. */
  room(): number;
  /** How often the block was run; 0 is not worth translating. */
  heatOf(block: number): number;
  /** The label of the trace that starts with the block, which the region translates too if it has room. */
  labelOf(block: number): number | undefined;
}

/**
 * Translates the blocks that follow each other from a head: along known jumps, and at a branch along its hotter side.
 * Internal calls and returns disappear on the way, as the return addresses are constants on the symbolic stack.
 *
 * In the generated code `sp` is the height at the head, `gas` is what is left, and blocks charge theirs when they are
 * reached, exactly as in the interpreter; the stack's bounds are checked once, for the whole trace.
 */
export class TraceWriter {
  /** Instructions translated. */
  size = 0;
  private readonly lines: string[] = [];
  private readonly stack = new SymbolicStack((code) => this.define(code));
  private readonly visited = new Set<number>();
  private locals = 0;
  private needs = 0;
  private grows = 0;

  constructor(
    private readonly context: TraceContext,
    private readonly head: number,
  ) {}

  /** The statements of the trace; they never fall off the end. */
  write(): string {
    let block: number | undefined = this.head;
    while (block !== undefined) block = this.block(block);
    const { starts } = this.context;
    const bounds = `if (sp < ${this.needs} || sp > ${1024 - this.grows})`;
    return [`${bounds} ${leave(starts[this.head], 0, 'INTERPRET')}`, ...this.lines].join('\n');
  }

  /** Translates one block and returns the one to go on with, if any. */
  private block(block: number): number | undefined {
    const { program, starts } = this.context;
    this.visited.add(block);
    this.needs = Math.max(this.needs, program.blockNeeds[block] - this.stack.height);
    this.grows = Math.max(this.grows, program.blockGrows[block] + this.stack.height);
    this.emit(`if ((gas -= ${program.blockGas[block]}) < 0) return outOfGas(frame);`);
    const end = starts[block + 1] ?? program.ops.length;
    for (let at = starts[block] + 1; at < end; at++) {
      this.size++;
      const op = program.ops[at];
      if (op === Internal.jumpTo) return this.jump(program.args[at] as number);
      if (op === Internal.jumpToIf) return this.branch(program.args[at] as number, block + 1);
      if (op === 0x56) return this.jumpTo(this.stack.pop());
      if (op === 0x57) return this.branchTo(this.stack.pop(), block + 1);
      if (!this.instruction(op, at)) return undefined;
    }
    return this.next(block + 1);
  }

  /** False when nothing can follow. */
  private instruction(op: number, at: number): boolean {
    const { stack } = this;
    if (op === Internal.push) stack.push(literal(this.context.program.args[at]));
    else if (op === 0x50) stack.drop();
    else if (op >= 0x80 && op <= 0x8f) stack.duplicate(op - 0x7f);
    else if (op >= 0x90 && op <= 0x9f) stack.swap(op - 0x8f);
    else if (PURE_OPERATIONS.has(op)) this.pure(op);
    else if (op === 0x51) this.load();
    else if (op === 0x52) this.store();
    else if (FRAME_VALUES.has(op)) this.frameValue(op);
    else return this.handler(op, at);
    return true;
  }

  private pure(op: number): void {
    const { arity, evaluate, translate, needsScratch } = PURE_OPERATIONS.get(op)!;
    const operands = Array.from({ length: arity }, () => this.stack.pop());
    const constants = operands.map(({ constant }) => constant);
    if (constants.every((constant) => constant !== undefined)) {
      this.stack.push(literal(evaluate(...constants)));
      return;
    }
    const scratch = `u${this.locals}`;
    if (needsScratch) this.emit(`let ${scratch};`);
    const { code, type } = translate(operands, scratch);
    this.stack.push({ code: this.define(code), type });
  }

  /** MLOAD within the paid memory; growing it is the handler's work, as in the interpreter. */
  private load(): void {
    const { stack } = this;
    const at = stack.pop();
    stack.push(at);
    const isPaid = `${numbersCode(at)}${wordCode(at)} + 32 <= memory.size`;
    const result = `t${this.locals++}`;
    const operand = stack.save(1);
    this.emit(`let ${result};`);
    this.emit(`if (${isPaid}) ${result} = loadWord(memory.view, ${wordCode(at)});`);
    this.emit(`else { ${operand} ${this.call(0x51)} ${result} = stack[frame.sp - 1]; }`);
    stack.handled(1, 0);
    stack.push({ code: result, type: 'word' });
  }

  private store(): void {
    const { stack } = this;
    const [at, value] = [stack.pop(), stack.pop()];
    stack.push(value);
    stack.push(at);
    const isPaid = `${numbersCode(at)}${wordCode(at)} + 32 <= memory.size`;
    const stored = `storeWord(memory.view, ${wordCode(at)}, ${wordCode(value)});`;
    this.emit(`if (${isPaid}) ${stored}`);
    this.emit(`else { ${stack.save(2)} ${this.call(0x52)} }`);
    stack.handled(2, 0);
  }

  private handler(op: number, at: number): boolean {
    const { stack } = this;
    const info = this.context.table[op];
    if (info === undefined || ENDINGS.has(op)) {
      this.emit(`${stack.save()} ${this.registers()} return handlers[${op}](vm, frame);`);
      return false;
    }
    const startsChild = CHILDREN.has(op);
    if (startsChild) this.emit(`frame.ip = ${at + 1};`);
    this.emit(`${stack.keep(startsChild ? undefined : info.pops)} ${this.call(op)}`);
    stack.handled(info.pops, info.pushes);
    return true;
  }

  /** The call of a handler whose operands are in the array. */
  private call(op: number): string {
    const signal = `s${this.locals++}`;
    const check = `if (${signal} !== 0) return ${signal};`;
    return `${this.registers()} const ${signal} = handlers[${op}](vm, frame); ${check} gas = frame.gas;`;
  }

  private registers(): string {
    return `frame.sp = sp + ${this.stack.height}; frame.gas = gas;`;
  }

  private jumpTo(target: Value): number | undefined {
    if (target.constant !== undefined) return this.jump(this.targetOf(target));
    this.emit(this.dynamicJump(target));
    return undefined;
  }

  private branchTo(target: Value, otherwise: number): number | undefined {
    if (target.constant !== undefined) return this.branch(this.targetOf(target), otherwise);
    const condition = truthCode(this.stack.pop());
    this.emit(`if (${condition}) { ${this.dynamicJump(target)} }`);
    return this.next(otherwise);
  }

  /** @param target an instruction's index; 0 is none */
  private jump(target: number): number | undefined {
    if (target !== 0) return this.next(this.context.program.args[target] as number);
    this.emit('return invalidJump(frame);');
    return undefined;
  }

  private branch(target: number, otherwise: number): number | undefined {
    const condition = truthCode(this.stack.pop());
    if (target === 0) {
      this.emit(`if (${condition}) return invalidJump(frame);`);
      return this.next(otherwise);
    }
    const taken = this.context.program.args[target] as number;
    if (this.context.heatOf(taken) > this.context.heatOf(otherwise)) {
      this.emit(`if (!(${condition})) { ${this.exit(otherwise)} }`);
      return this.next(taken);
    }
    this.emit(`if (${condition}) { ${this.exit(taken)} }`);
    return this.next(otherwise);
  }

  /** Goes on with the block in this trace, or leaves for it. */
  private next(block: number): number | undefined {
    const isLoop = this.visited.has(block);
    if (!isLoop && this.size < this.context.room() && this.context.heatOf(block) > 0) return block;
    this.emit(this.exit(block));
    return undefined;
  }

  private exit(block: number): string {
    const label = this.context.labelOf(block);
    const { height } = this.stack;
    const start = this.context.starts[block];
    if (label === undefined) return `${this.stack.save()} ${leave(start, height, 'NEXT')}`;
    return `${this.stack.save()} sp += ${height}; label = ${label}; continue;`;
  }

  private dynamicJump(target: Value): string {
    const code = wordCode(target);
    const index = `${numbersCode(target)}${code} < targets.length ? targets[${code}] : 0`;
    const valid = `const to = ${index}; if (to === 0) return invalidJump(frame);`;
    const { height } = this.stack;
    const isHere = `const entry = entries[to]; if (entry >>> 16 === ${this.context.region})`;
    const stay = `{ sp += ${height}; label = entry & 0xffff; continue; }`;
    return `{ ${valid} ${this.stack.save()} ${isHere} ${stay} ${leave('to', height, 'NEXT')} }`;
  }

  private targetOf({ constant }: Value): number {
    const { targets } = this.context.program;
    return typeof constant === 'number' && constant < targets.length ? targets[constant] : 0;
  }

  private frameValue(op: number): void {
    const { code, type } = FRAME_VALUES.get(op)!;
    this.stack.push({ code: this.define(code), type });
  }

  private define(code: string): string {
    const name = `t${this.locals++}`;
    this.emit(`const ${name} = ${code};`);
    return name;
  }

  private emit(line: string): void {
    this.lines.push(line);
  }
}

/** Hands over to the dispatcher or the interpreter, at a block's header. */
function leave(index: number | string, height: number, signal: 'NEXT' | 'INTERPRET'): string {
  return `{ frame.ip = ${index}; frame.sp = sp + ${height}; frame.gas = gas; return ${signal}; }`;
}
