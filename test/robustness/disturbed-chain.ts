import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  isAlive,
  loadProcessRecord,
  type ProcessRecord,
  signalProcess,
} from '@flotilla/runtime-drivers';
import { countMined, Load } from '../load.js';
import { type Stack, waitUntil } from '../stack.js';

/** What happens to a chain in one cycle; all but the second beside its traffic. */
export const DEEDS = [
  'killed at any moment',
  'asleep, then woken by traffic',
  'put to sleep and woken by its traffic',
  'killed while it falls asleep',
  'killed while it wakes',
  'woken while it falls asleep',
] as const;
export type Deed = (typeof DEEDS)[number];

const PATIENCE_MS = 60_000;
/** About how long a chain takes to fall asleep, and to wake. */
const DROWSY_MS = 1_500;
const WAKING_MS = 400;

/** A chain with traffic that is killed, put to sleep and woken. */
export class DisturbedChain {
  /** Milliseconds from the end of each disturbance to the next transaction that was acknowledged. */
  readonly recoveries: number[] = [];
  /** Nodes that were really killed, and sleeps that came to their end. */
  kills = 0;
  sleeps = 0;

  private constructor(
    private readonly stack: Stack,
    readonly name: string,
    private readonly load: Load,
    /** From 0 to 1. */
    private readonly random: () => number,
  ) {}

  static async create(
    stack: Stack,
    name: string,
    { account, sealing, random }: { account: number; sealing: object; random: () => number },
  ): Promise<DisturbedChain> {
    const { chainId } = await stack.createChain(name, { sealing });
    const load = new Load(stack, name, chainId, account, { pauseMs: 40 });
    load.start();
    return new DisturbedChain(stack, name, load, random);
  }

  get acknowledged(): number {
    return this.load.acknowledged.length;
  }

  /** Resolves when the chain has acknowledged a transaction again. */
  async suffer(deed: Deed): Promise<void> {
    await pause(this.random() * 300);
    await this.#do(deed);
    this.load.resume();
    const before = this.acknowledged;
    const since = performance.now();
    const what = `${this.name}, ${deed}: the next transaction`;
    await waitUntil(what, PATIENCE_MS, async () => this.acknowledged > before);
    this.recoveries.push(performance.now() - since);
  }

  /** Ends the traffic; how often each transaction that was acknowledged stands in the chain's blocks. */
  async reckon(): Promise<{ readonly lost: string[]; readonly doubled: string[] }> {
    await this.load.stop();
    await waitUntil(`the pool of ${this.name} drains`, PATIENCE_MS, async () => {
      const { txpool } = await this.stack.rpc(this.name, 'flotilla_status');
      return txpool.pending === 0;
    });
    return countMined(this.stack, this.name, this.load.acknowledged);
  }

  async #do(deed: Deed): Promise<void> {
    switch (deed) {
      case 'killed at any moment':
        return this.#kill();
      case 'asleep, then woken by traffic':
        await this.#fallAsleep();
        return;
      case 'put to sleep and woken by its traffic':
        await this.#ask('sleep');
        return;
      case 'killed while it falls asleep':
        await this.#ask('sleep');
        await pause(this.random() * DROWSY_MS);
        return this.#kill();
      case 'killed while it wakes': {
        const old = await this.#fallAsleep();
        this.load.resume();
        await waitUntil(`${this.name} wakes`, PATIENCE_MS, async () => {
          const now = this.#process();
          return now !== undefined && now.spawnedAt !== old?.spawnedAt && isAlive(now);
        });
        await pause(this.random() * WAKING_MS);
        return this.#kill();
      }
      case 'woken while it falls asleep':
        await this.#ask('sleep');
        await pause(this.random() * DROWSY_MS);
        await this.#ask('wake');
        return;
    }
  }

  /** Without traffic, or it would wake at once. Resolves with what its process was. */
  async #fallAsleep(): Promise<ProcessRecord | undefined> {
    await this.load.hush();
    const last = this.#process();
    await waitUntil(`${this.name} sleeps`, PATIENCE_MS, async () => {
      const answer = await this.#ask('sleep');
      const { status, generation, observedGeneration } = answer?.body ?? {};
      return status?.phase === 'Sleeping' && generation === observedGeneration;
    });
    this.sleeps++;
    return last;
  }

  /** An orchestrator that was just killed answers nothing, which is part of it. */
  #ask(deed: 'sleep' | 'wake') {
    return this.stack.api('POST', `/chains/${this.name}/${deed}`).catch(() => undefined);
  }

  #kill(): void {
    const found = this.#process();
    if (found !== undefined && signalProcess(found, 'SIGKILL')) this.kills++;
  }

  /** The newest process that was given the chain, alive or not. */
  #process(): ProcessRecord | undefined {
    return loadProcessRecord(join(this.stack.home, 'chains', this.name));
  }
}
