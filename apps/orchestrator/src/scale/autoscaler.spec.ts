import { silentLogger } from '@flotilla/common';
import {
  AutoscalePolicy,
  type ChainEvent,
  type ChainSpecInput,
  chainSpecSchema,
  INITIAL_STATUS,
  SIZES,
} from '@flotilla/orchestration';
import type { StoredChain } from '@flotilla/persistence';
import { SimulatedClock } from '@flotilla/testing';
import { Admission } from '../capacity/admission.js';
import type { LiveChain } from '../telemetry/live-chains.js';
import { Autoscaler } from './autoscaler.js';

const { reserved: small } = SIZES.small;
const { reserved: medium } = SIZES.medium;

class Bench {
  readonly clock = new SimulatedClock();
  readonly events: ChainEvent[] = [];
  readonly evicted: string[] = [];
  cpuPercent = 0;
  readonly #autoscaler: Autoscaler;

  constructor(
    public chain: StoredChain,
    memoryMb: number,
  ) {
    const admission = new Admission(
      { cpuMillis: 10_000, memoryMb },
      { chains: () => [this.chain] },
    );
    admission.onShortage(async () => {
      this.evicted.push('a neighbour');
      return true;
    });
    const write = (status: StoredChain['status'], events: readonly ChainEvent[]) => {
      this.chain = { ...this.chain, status };
      this.events.push(...events);
      return this.chain;
    };
    this.#autoscaler = new Autoscaler(
      { cores: 2 },
      {
        policy: new AutoscalePolicy(),
        admission,
        live: {
          get: () =>
            ({ live: { cpuPercent: this.cpuPercent, queueDepth: 0, readP99Ms: 1 } }) as LiveChain,
        },
        all: () => [this.chain],
        chains: {
          update: async (chain, { status = chain.status }, events) => write(status, events),
          appendEvents: async (chain, events) => void write(chain.status, events),
        },
        work: { add: () => {} },
        clock: this.clock,
        logger: silentLogger,
      },
    );
  }

  async run(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 2) {
      await this.#autoscaler.tick();
      await this.clock.advance(2_000);
    }
  }

  /** Which way it went, in the order of events. */
  get story(): string[] {
    return this.events.map(({ type, data }) => `${type} ${JSON.stringify(data.to)}`);
  }
}

const chainOf = (input: ChainSpecInput, scale: StoredChain['status']['scale'] = null) =>
  ({
    ...{ id: 'id-shop', name: 'shop', desired: 'running' },
    spec: chainSpecSchema.parse(input),
    status: { ...INITIAL_STATUS, phase: 'Running', scale },
  }) as StoredChain;

const fixed = { workers: { min: 3, max: 3 } };

describe('Autoscaler', () => {
  it('grows a busy chain one size, and has it shrink when it is quiet', async () => {
    const chain = chainOf({ scale: { ...fixed, maxSize: 'medium' } });
    const bench = new Bench(chain, medium.memoryMb);
    bench.cpuPercent = 50;
    await bench.run(60);
    expect(bench.chain.status.scale).toEqual({ workers: 3, replicas: 0, size: 'medium' });
    bench.cpuPercent = 5;
    await bench.run(120);
    expect(bench.chain.status.scale).toEqual({ workers: 3, replicas: 0 });
    expect(bench.events.map(({ data }) => data.reason)).toEqual([
      'CPU at 100 % of its limit',
      'quiet for 60 s',
    ]);
  });

  it('stays as it is where there is no room, says so once, and tries again', async () => {
    const chain = chainOf({ scale: { ...fixed, maxSize: 'medium' } });
    const bench = new Bench(chain, medium.memoryMb - 1);
    bench.cpuPercent = 50;
    await bench.run(300);
    expect(bench.chain.status.scale).toBeNull();
    expect(bench.story).toEqual(['chain.scale-refused {"replicas":0,"workers":3,"size":"medium"}']);
    expect(bench.events[0].data).toMatchObject({
      reason: 'CPU at 100 % of its limit',
      message: expect.stringContaining('short of 1 of'),
    });
    await bench.run(600);
    expect(bench.events).toHaveLength(2);
    expect(bench.evicted).toEqual([]);
  });

  it('brings the replicas up that are asked for as far as there is room, and the rest when there is', async () => {
    const awake = chainOf({ scale: { ...fixed, replicas: { min: 2, max: 2 } } }, { replicas: 0 });
    const bench = new Bench(awake, 2 * small.memoryMb);
    await bench.run(60);
    const refused = 'chain.scale-refused {"replicas":2,"workers":3,"size":"small"}';
    expect(bench.story).toEqual([
      'chain.scaled {"replicas":1,"workers":3,"size":"small"}',
      refused,
    ]);
    const roomy = new Bench(bench.chain, 3 * small.memoryMb);
    await roomy.run(20);
    expect(roomy.chain.status.scale?.replicas).toBe(2);
  });

  it('leaves a chain alone that may neither grow nor shrink', async () => {
    const bench = new Bench(chainOf({ scale: fixed }), 10_000);
    bench.cpuPercent = 50;
    await bench.run(120);
    expect(bench.events).toEqual([]);
  });
});
