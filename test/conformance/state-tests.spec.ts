import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Evm } from '@flotilla/evm';
import { ethereumTestsFolder, jsonFiles, readJson } from './fixtures.js';
import { runStateTest, type StateTest } from './state-test.js';

const FORK = 'Cancun';
const root = join(ethereumTestsFolder(), 'GeneralStateTests');
// STATE_TESTS=stSStoreTest,stCreate2 runs these folders only.
const chosen = process.env.STATE_TESTS?.split(',');
/** About a minute of CPU time per mode, nearly all of it in two files: 2^32 rounds of BLAKE2b, 5 GB for SHA-256. */
const SLOW_FOLDER = 'stTimeConsuming';
// CONFORMANCE_QUICK=1 leaves it out; only the continuous build may set it.
const skipped = process.env.CONFORMANCE_QUICK === '1' ? [SLOW_FOLDER] : [];
const folders = readdirSync(root)
  .filter((name) => chosen?.includes(name) ?? true)
  .filter((name) => !skipped.includes(name));

/** Folders, and the files of the slow one, so that somebody who waits sees it go on. */
const parts = folders.flatMap((folder) => {
  const files = jsonFiles(join(root, folder));
  if (folder !== SLOW_FOLDER) return [{ title: folder, files }];
  return files.map((file) => ({ title: relative(root, file), files: [file] }));
});

async function failuresIn(evm: Evm, file: string): Promise<string[]> {
  const failures: string[] = [];
  for (const [name, test] of Object.entries(readJson<Record<string, StateTest>>(file))) {
    for (const post of test.post[FORK] ?? []) {
      const { data, gas, value } = post.indexes;
      const title = `${relative(root, file)} ${name} [data ${data}, gas ${gas}, value ${value}]`;
      const outcome = await runStateTest(evm, test, post);
      if ((outcome.error !== undefined) !== (post.expectException !== undefined)) {
        failures.push(`${title}: refused with ${outcome.error}, expected ${post.expectException}`);
      } else if (outcome.stateRoot !== post.hash) failures.push(`${title}: state root`);
      else if (outcome.logsHash !== post.logs) failures.push(`${title}: logs hash`);
    }
  }
  return failures;
}

describe.each([
  ['interpreted', Number.POSITIVE_INFINITY],
  ['translated', 0],
])(`Ethereum's state tests, ${FORK}, %s`, (mode, translateAfter) => {
  const evm = new Evm({ hardfork: 'cancun', translateAfter });

  it.each(parts)(
    '$title: state root and logs hash of every case',
    async ({ title, files }) => {
      const failures: string[] = [];
      for (const file of files) failures.push(...(await failuresIn(evm, file)));
      process.stderr.write(`${title}, ${mode}: ${failures.length} failures\n`);
      expect(failures).toEqual([]);
    },
    3_600_000,
  );
});
