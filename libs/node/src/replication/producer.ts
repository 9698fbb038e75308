import { type Blockchain, encodeSettings } from '@flotilla/chain';
import type { Clock } from '@flotilla/common';
import { NodeError, NodeErrorCode } from '../errors.js';
import type { FollowReply, FollowRequest } from './messages.js';
import type { Standby } from './standby.js';

export interface ProducerModules {
  readonly chain: Blockchain;
  /** Undefined on a chain without failover. */
  readonly standby: Standby | undefined;
  /** What is known of the anchors. */
  readonly anchoring: () => unknown;
  readonly clock: Clock;
}

const MAX_BLOCKS = 128;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_RECORDS = 256;
const MAX_SETTINGS = 100;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Answers followers from the chain's own store; what waits for news is answered at the next one. */
export class Producer {
  readonly #waiting = new Set<() => void>();
  readonly #stops: (() => void)[];

  constructor(
    /** Differs with every run. */
    private readonly session: string,
    private readonly modules: ProducerModules,
  ) {
    const { events } = modules.chain;
    const wake = () => this.wake();
    this.#stops = (['block', 'safe', 'finalized', 'tampered'] as const).map((name) =>
      events.on(name, wake),
    );
  }

  /** There is something new to tell. */
  wake(): void {
    for (const answer of [...this.#waiting]) answer();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.wake();
  }

  /** @throws NodeError `TAMPERED`, `FORKED`, `STALE_EPOCH`, `GENESIS_MISMATCH` */
  async follow(request: FollowRequest): Promise<FollowReply> {
    this.#check(request);
    const { chain, standby } = this.modules;
    if (request.standby && standby !== undefined) {
      const head = request.head.number;
      const isCaughtUp = head === chain.head().number;
      if (request.session !== this.session) standby.restarted();
      else standby.heard({ head, isCaughtUp, record: request.record, proposal: request.proposal });
    }
    if (!this.#hasNews(request)) await this.#news(request.waitMs);
    this.#check(request);
    return this.#reply(request);
  }

  #check({ genesis, epoch, head }: FollowRequest): void {
    const { chain } = this.modules;
    if (chain.identity.genesisHash !== genesis) {
      throw new NodeError(NodeErrorCode.OtherChain, 'the follower has another genesis block');
    }
    if (chain.dev?.tampering !== undefined) {
      throw new NodeError(
        NodeErrorCode.Tampered,
        'development methods bent the chain: nobody can follow it any more',
      );
    }
    if (epoch > chain.epoch) {
      throw new NodeError(
        NodeErrorCode.StaleProducer,
        `the follower knows epoch ${epoch}, this is ${chain.epoch}`,
      );
    }
    if (chain.headerByNumber(head.number)?.hash !== head.hash) {
      throw new NodeError(
        NodeErrorCode.Forked,
        `block ${head.number} is another one here than ${head.hash}`,
      );
    }
  }

  #hasNews({ session, head, safe, finalized, generation, ...held }: FollowRequest): boolean {
    const { chain, standby } = this.modules;
    if (session !== this.session || head.number < chain.head().number) return true;
    if (safe < chain.resolveTag('safe').number) return true;
    if (finalized < chain.resolveTag('finalized').number) return true;
    if (!held.standby || standby === undefined) return false;
    const newest = standby.records.at(-1)?.number ?? 0;
    return newest > held.record || (standby.proposal?.number ?? 0) > held.proposal;
  }

  #news(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.#waiting.delete(done);
        // What happens in the same turn travels along.
        setImmediate(resolve);
      };
      const cancel = this.modules.clock.after(waitMs, done);
      this.#waiting.add(done);
    });
  }

  #reply(request: FollowRequest): FollowReply {
    const { chain, standby, anchoring } = this.modules;
    const [safe, finalized] = [chain.resolveTag('safe'), chain.resolveTag('finalized')];
    const since = request.session === this.session ? request : { record: 0, proposal: 0 };
    const confirms = request.standby ? standby : undefined;
    const proposal = confirms?.proposal;
    const isNew = proposal !== undefined && proposal.number > since.proposal;
    return {
      session: this.session,
      epoch: chain.epoch,
      head: chain.head().number,
      safe: { number: safe.number, hash: safe.hash },
      finalized: { number: finalized.number, hash: finalized.hash },
      // Paired with the one before it says nothing of a standby that has yet to join.
      paired: confirms?.paired === true && confirms.isLive,
      settings: chain
        .settingsUpTo(Number.MAX_SAFE_INTEGER, MAX_SETTINGS)
        .filter(({ generation }) => generation > request.generation)
        .map((entry) => ({ fromBlock: entry.fromBlock, record: base64(encodeSettings(entry)) })),
      blocks: this.#blocks(request.head.number + 1),
      records: (confirms?.records ?? [])
        .filter(({ number }) => number > since.record)
        .slice(0, MAX_RECORDS)
        .map(({ number, bytes }) => ({ number, batch: base64(bytes) })),
      ...(isNew && { proposal: { number: proposal.number, rlp: base64(proposal.bytes) } }),
      anchoring: anchoring() ?? null,
    };
  }

  #blocks(from: number): string[] {
    const { chain } = this.modules;
    const head = chain.head().number;
    const blocks: string[] = [];
    let bytes = 0;
    for (let number = from; number <= head && blocks.length < MAX_BLOCKS; number++) {
      const rlp = chain.blockRlp(number);
      if (rlp === undefined || (blocks.length > 0 && bytes + rlp.length > MAX_BYTES)) break;
      bytes += rlp.length;
      blocks.push(base64(rlp));
    }
    return blocks;
  }
}
