import { bytesToHex, type Hex, RlpWriter } from '@flotilla/common';
import type { Log } from '@flotilla/evm';
import { SeededRandom, testSeed } from '@flotilla/testing';
import { type ReceiptRecord, writeReceiptRecord } from '../storage/receipt-record.js';
import { matchesFilter } from './logs.js';
import { StoredLogMatcher } from './stored-log-matcher.js';

const seed = testSeed();
const random = new SeededRandom(seed);
const some = (count: number, length: number) =>
  Array.from({ length: count }, () => bytesToHex(random.bytes(length)));
/** So few that filters often match, and alike but for one byte. */
const addresses = some(2, 20).flatMap((one): Hex[] => [one, `${one.slice(0, -2) as Hex}00`]);
const topics = some(2, 32).flatMap((one): Hex[] => [one, `0x00${one.slice(4)}`]);
const listOf = <Item>(below: number, make: () => Item) =>
  Array.from({ length: random.below(below) }, make);

const randomLog = (): Log => ({
  address: random.pick(addresses),
  topics: listOf(5, () => random.pick(topics)),
  data: random.bytes(random.pick([0, 1, 32, 60, 300])),
});

const stored = (record: ReceiptRecord) => {
  const writer = new RlpWriter();
  writeReceiptRecord(writer, record);
  return writer.view().slice();
};

it(`finds in stored receipts what it would find in decoded ones (TEST_SEED=${seed})`, () => {
  let found = 0;
  for (let i = 0; i < 3_000; i++) {
    const logs = listOf(4, randomLog);
    const receipt = stored({
      status: 1,
      gasUsed: BigInt(random.below(2 ** 30)),
      cumulativeGasUsed: BigInt(random.below(2 ** 30)),
      firstLogIndex: random.below(300),
      contractAddress: random.oneIn(3) ? random.pick(addresses) : undefined,
      logs,
    });
    const filter = {
      addresses: random.oneIn(3) ? undefined : listOf(3, () => random.pick(addresses)),
      topics: random.oneIn(3)
        ? undefined
        : listOf(4, () => (random.oneIn(3) ? undefined : listOf(3, () => random.pick(topics)))),
    };
    const matches = logs.some((log) => matchesFilter(log, filter));
    expect(new StoredLogMatcher(filter).matchesSome(receipt)).toBe(matches);
    if (matches) found++;
  }
  expect(found).toBeGreaterThan(300);
  expect(found).toBeLessThan(2_700);
});
