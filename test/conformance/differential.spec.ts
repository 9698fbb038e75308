import { Evm, type Hardfork } from '@flotilla/evm';
import { ethereumjsSubject } from './fuzz/ethereumjs-subject.js';
import { flotillaSubject } from './fuzz/flotilla-subject.js';
import type { FuzzOutcome } from './fuzz/outcome.js';
import { SeededRandom } from './fuzz/random.js';
import { ScenarioWriter } from './fuzz/scenario.js';

const TRANSACTIONS_PER_SCENARIO = 10;
const count = Number(process.env.FUZZ_TRANSACTIONS ?? '600');
const firstSeed = Number(process.env.FUZZ_SEED ?? '20261121');

const show = (outcome: FuzzOutcome) =>
  JSON.stringify(outcome, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));

/** Notes are each machine's own words. */
const comparable = ({ note: _note, ...outcome }: FuzzOutcome) => show(outcome);

/** Ours by name: each must come out as the other implementation. */
type Machines = Readonly<Record<string, Evm>>;

/** Runs one seed's scenario on all until they differ; a refused transaction is one that all refuse. */
async function differences(
  seed: number,
  hardfork: Hardfork,
  machines: Machines,
): Promise<string[]> {
  const scenario = new ScenarioWriter(new SeededRandom(seed), hardfork).scenario(
    TRANSACTIONS_PER_SCENARIO,
  );
  const ours = await Promise.all(
    Object.entries(machines).map(
      async ([name, evm]) => [name, await flotillaSubject(scenario, evm)] as const,
    ),
  );
  const theirs = await ethereumjsSubject(scenario, hardfork);
  let accepted = 0n;
  for (const [index, relative] of scenario.transactions.entries()) {
    const tx = { ...relative, nonce: relative.nonce + accepted };
    const right = await theirs.run(tx);
    for (const [name, subject] of ours) {
      const left = await subject.run(tx);
      if (comparable(left) !== comparable(right)) {
        return [`seed ${seed}, transaction ${index}: ${name} ${show(left)}, theirs ${show(right)}`];
      }
    }
    if (!right.isRefused) accepted++;
  }
  return [];
}

describe('random transactions come out as in @ethereumjs/vm', () => {
  it.each<Hardfork>(['cancun', 'prague', 'osaka'])(
    `%s (from FUZZ_SEED ${firstSeed}, FUZZ_TRANSACTIONS ${count})`,
    async (hardfork) => {
      const found: string[] = [];
      const machines = {
        interpreted: new Evm({ hardfork, translateAfter: Number.POSITIVE_INFINITY }),
        translated: new Evm({ hardfork, translateAfter: 0 }),
      };
      for (let seed = firstSeed; seed < firstSeed + count / TRANSACTIONS_PER_SCENARIO; seed++) {
        found.push(...(await differences(seed, hardfork, machines)));
      }
      expect(found).toEqual([]);
    },
    3_600_000,
  );
});
