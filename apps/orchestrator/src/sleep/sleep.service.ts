import { type Clock, sleep } from '@flotilla/common';
import { OrchestrationError, OrchestrationErrorCode } from '@flotilla/orchestration';
import type { ChainModification, ChainStore, StoredChain } from '@flotilla/persistence';
import type { Admission } from '../capacity/admission.js';
import type { ChainChanges } from '../chains/chain-changes.js';
import type { ChainDirectory } from '../chains/chain-directory.js';
import type { WorkSignal } from '../chains/work-signal.js';
import { ApiError, ApiErrorCode, chainNotFound } from '../errors.js';
import type { RouteFence } from '../messaging/route-fence.js';
import type { LiveChains } from '../telemetry/live-chains.js';

export interface SleepServiceModules {
  readonly admission: Pick<Admission, 'admit'>;
  readonly chains: Pick<ChainStore, 'get' | 'modify'>;
  readonly directory: Pick<ChainDirectory, 'find'>;
  readonly changes: Pick<ChainChanges, 'waitFor'>;
  readonly live: Pick<LiveChains, 'get'>;
  readonly fence: Pick<RouteFence, 'passed'>;
  readonly clock: Clock;
  readonly work: Pick<WorkSignal, 'add'>;
}

const MAX_ATTEMPTS = 10;
/** How long somebody waits for a chain that has to be woken for what he asks. */
const AWAKE_MS = 15_000;
const HEARD_POLL_MS = 50;

/** Puts chains to sleep and wakes them, for whoever asks: people, programs, gateways. Repeating is harmless. */
export class SleepService {
  constructor(readonly modules: SleepServiceModules) {}

  /** @throws ApiError `WRONG_PHASE` unless the chain runs here, or sleeps already */
  async sleep(chain: StoredChain, reason: string): Promise<StoredChain> {
    return this.#ask(chain, (now) => {
      if (now.desired === 'sleeping') return undefined;
      const { spec, desired, status } = now;
      if (spec.runtime === 'external' || desired !== 'running' || status.phase !== 'Running') {
        throw wrongPhase(now, 'only a running chain of ours can be put to sleep');
      }
      return { desired: 'sleeping', reason };
    });
  }

  /** @throws ApiError `WRONG_PHASE` for one that is paused, archived or failed; OrchestrationError `NO_CAPACITY` */
  async wake(chain: StoredChain, reason: string): Promise<StoredChain> {
    return this.#ask(chain, (now) => {
      if (now.desired === 'sleeping') return { desired: 'running', reason };
      if (now.desired === 'running' && now.status.phase !== 'Failed') return undefined;
      throw wrongPhase(now, 'it takes `resume` to start this chain');
    });
  }

  /**
   * The chain once it serves, is heard and routed to, for what only its node can do; one that does not sleep is given back as it is.
   * @throws ApiError `WRONG_PHASE`, `CHAIN_UNAVAILABLE`
   */
  async awake(chain: StoredChain, reason: string): Promise<StoredChain> {
    if (chain.desired !== 'sleeping' && chain.status.phase !== 'Sleeping') return chain;
    const { changes, clock, fence, live } = this.modules;
    const deadline = clock.now() + AWAKE_MS;
    const { id, name, generation } = await this.wake(chain, reason);
    const serves = (now: StoredChain) =>
      now.observedGeneration >= generation && now.status.phase === 'Running';
    const awake = await changes.waitFor(id, serves, AWAKE_MS);
    while (awake && !live.get(name) && clock.now() < deadline) await sleep(clock, HEARD_POLL_MS);
    if (awake && live.get(name)) {
      await fence.passed();
      return awake;
    }
    throw new ApiError(ApiErrorCode.ChainUnavailable, `"${name}" has not woken up yet`, {
      retryable: true,
    });
  }

  /** For a gateway that holds a request. @throws ApiError `CHAIN_NOT_FOUND`, `WRONG_PHASE` */
  async wakeForRequest(name: string): Promise<void> {
    const chain = await this.modules.directory.find(name);
    if (!chain) throw chainNotFound(name);
    await this.wake(chain, 'a request came in');
  }

  async #ask(
    chain: StoredChain,
    decide: (chain: StoredChain) => ChainModification | undefined,
  ): Promise<StoredChain> {
    const { admission, chains, work } = this.modules;
    let current = chain;
    for (let attempt = 1; ; attempt++) {
      const change = decide(current);
      if (change === undefined) return current;
      try {
        const before = current;
        const written = await admission.admit(before, { ...before, ...change }, () =>
          chains.modify(before, change),
        );
        work.add(chain.id);
        return written;
      } catch (error) {
        if (!isVersionConflict(error) || attempt === MAX_ATTEMPTS) throw error;
        current = (await chains.get(chain.id)) ?? current;
      }
    }
  }
}

function wrongPhase({ name, status, desired }: StoredChain, why: string): ApiError {
  const state = desired === 'running' ? status.phase : desired;
  return new ApiError(ApiErrorCode.WrongPhase, `"${name}" is ${state}: ${why}`);
}

function isVersionConflict(error: unknown): boolean {
  return (
    error instanceof OrchestrationError && error.code === OrchestrationErrorCode.VersionConflict
  );
}
