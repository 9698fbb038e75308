import { readFileSync } from 'node:fs';
import { NodeError, NodeErrorCode } from '../errors.js';
import { type WriteOptions, writeAtomically } from './write-atomically.js';

/** A small record that survives the process. */
export interface RecordFile<Value> {
  /** Undefined when nothing was saved yet. @throws NodeError `NODE_FILE_CORRUPT` */
  load(): Value | undefined;
  save(value: Value): void;
}

export class JsonFile<Value> implements RecordFile<Value> {
  constructor(
    private readonly file: string,
    /** Throws on anything that isn't a `Value`. */
    private readonly parse: (value: unknown) => Value,
    private readonly options: WriteOptions = {},
  ) {}

  load(): Value | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return this.parse(JSON.parse(text));
    } catch (cause) {
      throw new NodeError(NodeErrorCode.CorruptFile, `${this.file} is not readable`, { cause });
    }
  }

  save(value: Value): void {
    writeAtomically(this.file, `${JSON.stringify(value)}\n`, this.options);
  }
}
