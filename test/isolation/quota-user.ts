import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds } from '../cpu.js';
import { signer } from '../sign.js';
import type { Stack } from '../stack.js';

/** Runs for as long as it is given gas: 0x5b JUMPDEST, and back to it. */
const SPINNER = '0x00000000000000000000000000000000000000aa';
const SPIN = [{ to: SPINNER, gas: '0xf42400' }, 'latest', { [SPINNER]: { code: '0x5b600056' } }];
const RECIPIENT = '0x00000000000000000000000000000000000000bb';
const PAUSE_MS = 5;

export interface QuotaReport {
  readonly name: string;
  readonly promisedMillis: number;
  /** Thousandths of a core that it got. */
  readonly millis: number;
  readonly blocks: number;
  readonly seconds: number;
  /** What it was refused, all of it within its promise. */
  readonly errors: readonly string[];
}

/** Uses of its chain what the size promises, or more: so much of the processor by calls, and a transaction a second. */
export class QuotaUser {
  readonly #name: string;
  readonly #pid: number;
  readonly #chainId: number;
  readonly #promisedMillis: number;
  readonly #errors: string[] = [];
  readonly #loops: Promise<void>[] = [];
  #isOn = true;
  #isGreedy = false;
  #from = { at: 0, cpu: 0, block: 0 };

  constructor(
    private readonly stack: Stack,
    { name, chainId, status }: any,
    private readonly account: number,
  ) {
    this.#name = name;
    this.#chainId = chainId;
    this.#pid = status.instances[0].pid;
    this.#promisedMillis = status.limits.reserved.cpuMillis;
  }

  start(): void {
    const [startedAt, before] = [performance.now(), cpuSeconds(this.#pid)];
    const isOwed = () => {
      if (this.#isGreedy) return true;
      const seconds = (performance.now() - startedAt) / 1_000;
      return 1_000 * (cpuSeconds(this.#pid) - before) < this.#promisedMillis * seconds;
    };
    // Several, since an answer is on its way for a while, and the more so the less of the machine is left for the client.
    const askers = 2 + Math.ceil(this.#promisedMillis / 50);
    for (let n = 0; n < askers; n++) this.#loops.push(this.#compute(isOwed));
    this.#loops.push(this.#send());
  }

  /** From now on as much as it can get. */
  beGreedy(): void {
    this.#isGreedy = true;
  }

  async begin(): Promise<void> {
    this.#from = await this.#look();
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await Promise.all(this.#loops);
  }

  /** Since `begin`. */
  async report(): Promise<QuotaReport> {
    const to = await this.#look();
    const seconds = (to.at - this.#from.at) / 1_000;
    return {
      name: this.#name,
      promisedMillis: this.#promisedMillis,
      millis: (1_000 * (to.cpu - this.#from.cpu)) / seconds,
      blocks: to.block - this.#from.block,
      seconds,
      errors: this.#errors,
    };
  }

  async #look() {
    const block = Number(await this.#ask('eth_blockNumber'));
    return { at: performance.now(), cpu: cpuSeconds(this.#pid), block };
  }

  async #compute(isOwed: () => boolean): Promise<void> {
    while (this.#isOn) {
      if (!isOwed()) await pause(PAUSE_MS);
      // It ends out of gas, which is what it is for.
      else await this.#ask('eth_call', SPIN).catch((error) => this.#judge(error));
    }
  }

  #judge({ message }: Error): void {
    // Who wants more than his promise is refused some of it.
    if (!this.#isGreedy && !/out of gas|already known/.test(message)) this.#errors.push(message);
  }

  /** A server may close an idle connection in the very moment in which it is used again: then once more. */
  async #ask(method: string, params: unknown[] = []): Promise<unknown> {
    try {
      return await this.stack.rpc(this.#name, method, params);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return this.stack.rpc(this.#name, method, params);
    }
  }

  async #send(): Promise<void> {
    const sign = signer(this.account);
    for (let nonce = 0; this.#isOn; nonce++) {
      const { raw } = sign({ chainId: this.#chainId, nonce, to: RECIPIENT });
      await this.#ask('eth_sendRawTransaction', [raw]).catch((error) => this.#judge(error));
      await pause(1_000);
    }
  }
}
