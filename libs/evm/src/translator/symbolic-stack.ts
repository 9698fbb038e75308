import { type Value, wordCode } from './value.js';

/**
 * The stack during translation: which values lie where, counted from its height at the trace's start. Values stay in
 * JavaScript locals until they must be in the frame's array; what is there is loaded only when it is asked for.
 */
export class SymbolicStack {
  height = 0;
  private readonly values = new Map<number, Value>();
  /** What the array holds, where that is known. */
  private readonly stored = new Map<number, Value>();

  /** @param define emits a constant local and returns its name */
  constructor(private readonly define: (code: string) => string) {}

  push(value: Value): void {
    this.values.set(this.height++, value);
  }

  pop(): Value {
    const value = this.read(this.height - 1);
    this.height--;
    return value;
  }

  drop(): void {
    this.height--;
  }

  /** @param depth 1 is the top */
  duplicate(depth: number): void {
    this.push(this.read(this.height - depth));
  }

  /** Exchanges the top with what lies `depth` below it. */
  swap(depth: number): void {
    const top = this.read(this.height - 1);
    const other = this.read(this.height - 1 - depth);
    this.values.set(this.height - 1, other);
    this.values.set(this.height - 1 - depth, top);
  }

  /** The statements that put the upper `count` values (all by default) into the array. */
  save(count = Number.POSITIVE_INFINITY): string {
    return [...this.unsaved(count)]
      .map(([at, value]) => `${slot(at)} = ${wordCode(value)};`)
      .join(' ');
  }

  /** As `save`; from now on they are known to be there. */
  keep(count?: number): string {
    const statements = this.save(count);
    for (const [at, value] of this.unsaved(count)) this.stored.set(at, value);
    return statements;
  }

  /** After a handler: it took `pops` values from the array and left `pushes` there. */
  handled(pops: number, pushes: number): void {
    this.height -= pops;
    for (const at of this.stored.keys()) if (at >= this.height) this.stored.delete(at);
    for (let i = 0; i < pushes; i++) this.values.delete(this.height++);
  }

  private *unsaved(count = Number.POSITIVE_INFINITY): Generator<[number, Value]> {
    for (const [at, value] of this.values) {
      const isConcerned = at < this.height && at >= this.height - count;
      if (isConcerned && this.stored.get(at) !== value) yield [at, value];
    }
  }

  private read(at: number): Value {
    const known = this.values.get(at);
    if (known !== undefined) return known;
    const value: Value = { code: this.define(slot(at)), type: 'word' };
    this.values.set(at, value);
    this.stored.set(at, value);
    return value;
  }
}

/** The array's element, counted from the height at the trace's start. */
function slot(at: number): string {
  return at < 0 ? `stack[sp - ${-at}]` : `stack[sp + ${at}]`;
}
