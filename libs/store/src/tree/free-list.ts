/**
 * The pages of one record of LMDB's free list: a count, then page numbers; a negative number says how many pages follow
 * on the one after it, and zero is a hole. Undefined when it can't be read.
 */
export function readFreePages(value: Buffer): number[] | undefined {
  if (value.length < 8) return undefined;
  const count = Number(value.readBigInt64LE(0));
  if (count < 0 || 8 * (count + 1) > value.length) return undefined;
  const pages: number[] = [];
  for (let i = 1; i <= count; i++) {
    const number = Number(value.readBigInt64LE(8 * i));
    if (number > 0) pages.push(number);
    if (number >= 0) continue;
    if (++i > count || -number > MAX_RUN) return undefined;
    const first = Number(value.readBigInt64LE(8 * i));
    for (let page = first; page < first - number; page++) pages.push(page);
  }
  return pages;
}

/** 256 GiB: more is no run of pages but a damaged number. */
const MAX_RUN = 2 ** 26;
