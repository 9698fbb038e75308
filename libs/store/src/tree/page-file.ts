import { readSync } from 'node:fs';

/** Pages of an LMDB data file, read one by one: the file may be larger than memory. */
export class PageFile {
  constructor(
    private readonly file: number,
    readonly pageSize: number,
  ) {}

  /** In memory of its own; what lies past the end of the file reads as zeros. */
  read(page: number, count = 1): Buffer {
    const bytes = Buffer.alloc(count * this.pageSize);
    readSync(this.file, bytes, 0, bytes.length, page * this.pageSize);
    return bytes;
  }
}
