import {
  type Capacity,
  type Chain,
  NOTHING_RESERVED,
  neverFits,
  noCapacity,
  type ReservedShare,
  reservedBy,
  shortage,
} from '@flotilla/orchestration';

export interface AdmissionModules {
  /** Every chain that is not archived. */
  readonly chains: () => Iterable<Chain>;
}

/** What is promised, and what of the host is left. */
export interface CapacityView {
  readonly capacity: Capacity;
  readonly reserved: ReservedShare;
  readonly free: ReservedShare;
}

/** Makes room for what is short, e.g. by putting an idle chain to sleep; true when it is worth another look. */
export type MakeRoom = (short: ReservedShare) => Promise<boolean>;

/** Promises no chain what the host does not have. Chains that hold a promise already keep it, whatever changes. */
export class Admission {
  /** Promised by calls that are under way and not yet to be seen in the chains' rows. */
  readonly #underWay = new Set<ReservedShare>();
  #makeRoom: MakeRoom = async () => false;

  constructor(
    readonly capacity: Capacity,
    readonly modules: AdmissionModules,
  ) {}

  /** Asked when something does not fit, before it is refused. */
  onShortage(makeRoom: MakeRoom): void {
    this.#makeRoom = makeRoom;
  }

  view(): CapacityView {
    const { capacity } = this;
    const reserved = this.#reserved();
    const free = {
      cpuMillis: Math.max(0, capacity.cpuMillis - reserved.cpuMillis),
      memoryMb: Math.max(0, capacity.memoryMb - reserved.memoryMb),
    };
    return { capacity, reserved, free };
  }

  /**
   * Does something that makes a chain active, or an active one larger or more, if there is room for it.
   * @param before the chain as it is; undefined for a new one
   * @param options.evicts whether idle chains may be put to sleep for it
   * @throws OrchestrationError `NO_CAPACITY`, saying what is short; not retryable where the host as a whole is too small
   */
  async admit<Result>(
    before: Chain | undefined,
    after: Pick<Chain, 'spec' | 'desired' | 'status'>,
    act: () => Promise<Result>,
    { evicts = true }: { readonly evicts?: boolean } = {},
  ): Promise<Result> {
    const held = reservedBy(before === undefined ? [] : [before]);
    const wanted = reservedBy([after]);
    const more = {
      cpuMillis: wanted.cpuMillis - held.cpuMillis,
      memoryMb: wanted.memoryMb - held.memoryMb,
    };
    if (more.cpuMillis <= 0 && more.memoryMb <= 0) return act();
    const tooMuch = shortage(this.capacity, NOTHING_RESERVED, wanted);
    if (tooMuch !== undefined) throw neverFits(tooMuch, this.capacity);
    await this.#promise(more, evicts);
    try {
      return await act();
    } finally {
      this.#underWay.delete(more);
    }
  }

  /** Looks and promises in one turn: nobody else comes in between. */
  async #promise(more: ReservedShare, evicts: boolean): Promise<void> {
    for (;;) {
      const short = shortage(this.capacity, this.#reserved(), positive(more));
      if (short === undefined) {
        this.#underWay.add(more);
        return;
      }
      const isWorthAnotherLook = evicts && (await this.#makeRoom(short));
      if (!isWorthAnotherLook) throw noCapacity(short, this.capacity);
    }
  }

  #reserved(): ReservedShare {
    let { cpuMillis, memoryMb } = reservedBy(this.modules.chains());
    for (const share of this.#underWay) {
      cpuMillis += share.cpuMillis;
      memoryMb += share.memoryMb;
    }
    return { cpuMillis, memoryMb };
  }
}

const positive = ({ cpuMillis, memoryMb }: ReservedShare): ReservedShare => ({
  cpuMillis: Math.max(0, cpuMillis),
  memoryMb: Math.max(0, memoryMb),
});
