import {
  assertChainName,
  assertMutableChange,
  type ChainSpec,
  chainSpecSchema,
  type DesiredState,
  INITIAL_STATUS,
  OrchestrationError,
  OrchestrationErrorCode,
  sameSpec,
  settingsHash,
  withLeastReplicas,
} from '@flotilla/orchestration';
import type { ChainStore, StoredChain } from '@flotilla/persistence';
import type { KeyRates } from '../auth/key-rates.js';
import type { Admission } from '../capacity/admission.js';
import { ApiError, ApiErrorCode, chainNotFound } from '../errors.js';
import type { Principal } from '../http/request.js';
import { parseWith } from '../http/zod.pipe.js';
import type { RouteFence } from '../messaging/route-fence.js';
import type { RootConnection } from '../root-chain/root-connection.js';
import type { CreateChainRequest, ListChainsQuery } from './chain.schema.js';
import type { ChainChanges } from './chain-changes.js';
import { mergeSpec } from './merge-spec.js';

const MAX_WRITE_ATTEMPTS = 10;
/** Chains of an admin key that names no tenant. */
const DEFAULT_TENANT = 'default';

/** What the API does to chains: it writes what is asked; the reconciler brings it about. */
export class ChainsService {
  constructor(
    readonly modules: {
      readonly chains: ChainStore;
      readonly changes: ChainChanges;
      readonly fence: Pick<RouteFence, 'passed'>;
      readonly root: RootConnection;
      /** Promises no more than the host has. */
      readonly admission: Admission;
      readonly rates: Pick<KeyRates, 'spendCreate'>;
      /** Tells the reconciler that there is something new to do. */
      readonly enqueue: (id: string) => void;
    },
  ) {}

  /**
   * Idempotent: the same tenant, name and spec again give the same chain.
   * @throws ApiError `INVALID_SPEC`, `INVALID_REQUEST`, `FORBIDDEN`, `RATE_LIMITED`; OrchestrationError `NAME_TAKEN`,
   *   `NAME_RESERVED`, `CHAIN_ID_TAKEN`, `NO_CAPACITY`
   */
  async create(
    request: CreateChainRequest,
    caller: Principal,
  ): Promise<{ readonly chain: StoredChain; readonly created: boolean }> {
    checkName(request.name);
    const tenant = this.#tenantFor(request, caller);
    const spec = parseWith(chainSpecSchema, request.spec ?? {}, ApiErrorCode.InvalidSpec, ['spec']);
    const existing = await this.modules.chains.findActiveByName(request.name);
    if (existing) return { chain: this.#sameOrTaken(existing, tenant, spec), created: false };
    this.modules.rates.spendCreate(caller);
    await this.#refuseRootId(spec);
    try {
      const { admission, chains } = this.modules;
      const wanted = { spec, desired: 'running', status: INITIAL_STATUS } as const;
      const chain = await admission.admit(undefined, wanted, () =>
        chains.create({ name: request.name, tenant, spec }),
      );
      this.modules.enqueue(chain.id);
      return { chain, created: true };
    } catch (error) {
      if (!isNameTaken(error)) throw error;
      const winner = await this.modules.chains.findActiveByName(request.name);
      if (!winner) throw error;
      return { chain: this.#sameOrTaken(winner, tenant, spec), created: false };
    }
  }

  /** @throws ApiError `CHAIN_NOT_FOUND`, for another tenant's chain too */
  async get(name: string, caller: Principal): Promise<StoredChain> {
    const chain = await this.modules.chains.findByName(name);
    if (!chain || !maySee(caller, chain)) throw chainNotFound(name);
    return chain;
  }

  async list(
    query: ListChainsQuery,
    caller: Principal,
  ): Promise<{ readonly items: readonly StoredChain[]; readonly nextCursor: string | null }> {
    const tenant = caller.tenant ?? query.tenant ?? null;
    const { phase, limit, cursor } = query;
    const found = await this.modules.chains.list({
      tenant,
      limit: limit + 1,
      ...(phase && { phase }),
      ...(cursor && { after: cursor }),
    });
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, nextCursor: last ? `${last.name}~${last.id}` : null };
  }

  /**
   * @param expectedVersion from `If-Match`
   * @throws ApiError `PRECONDITION_FAILED`, `INVALID_SPEC`; OrchestrationError `SPEC_FIELD_IMMUTABLE`, `NO_CAPACITY`
   */
  async patch(
    name: string,
    change: Readonly<Record<string, unknown>>,
    caller: Principal,
    expectedVersion?: number,
  ): Promise<StoredChain> {
    return this.#modify(name, caller, expectedVersion, (chain) => {
      const spec = parseWith(
        chainSpecSchema,
        mergeSpec(chain.spec, change),
        ApiErrorCode.InvalidSpec,
        ['spec'],
      );
      assertMutableChange(chain.spec, spec);
      if (sameSpec(spec, chain.spec)) return undefined;
      // The settings in force are the node's to change.
      const wakes = chain.desired === 'sleeping' && settingsHash(spec) !== settingsHash(chain.spec);
      return wakes ? { spec, desired: 'running', reason: 'its settings change' } : { spec };
    });
  }

  async setDesired(
    name: string,
    desired: DesiredState,
    caller: Principal,
    expectedVersion?: number,
  ): Promise<StoredChain> {
    return this.#modify(name, caller, expectedVersion, (chain) => {
      if (chain.desired === 'archived' && desired !== 'archived') {
        throw new ApiError(ApiErrorCode.WrongPhase, 'the chain is being archived');
      }
      // Resuming a failed chain is a new attempt, though nothing else changes.
      const retry = desired === 'running' && chain.status.phase === 'Failed';
      return chain.desired === desired && !retry ? undefined : { desired };
    });
  }

  /** Other processes in place of those that run, with the code that is installed now; nothing where none run. */
  async restart(name: string, caller: Principal): Promise<StoredChain> {
    return this.#modify(name, caller, undefined, ({ desired, spec }) =>
      desired === 'running' && spec.runtime === 'managed' ? { restart: true } : undefined,
    );
  }

  /**
   * The chain once it is as asked, and every gateway knows it.
   * @throws ApiError `WAIT_TIMEOUT`; answers early when the chain fails or is archived.
   */
  async waitRunning(chain: StoredChain, timeoutMs: number): Promise<StoredChain> {
    const settled = (now: StoredChain) =>
      (now.observedGeneration >= chain.generation && now.status.phase !== 'Provisioning') ||
      now.status.phase === 'Archived';
    const done = await this.modules.changes.waitFor(chain.id, settled, timeoutMs);
    if (done) {
      await this.modules.fence.passed();
      return done;
    }
    throw new ApiError(
      ApiErrorCode.WaitTimeout,
      `"${chain.name}" was not running after ${timeoutMs} ms; it goes on being provisioned`,
      { retryable: true },
    );
  }

  async #modify(
    name: string,
    caller: Principal,
    expectedVersion: number | undefined,
    decide: (chain: StoredChain) => Parameters<ChainStore['modify']>[1] | undefined,
  ): Promise<StoredChain> {
    for (let attempt = 1; ; attempt++) {
      const chain = await this.get(name, caller);
      if (chain.archivedAt !== null) {
        if (decide(chain) === undefined) return chain;
        throw new ApiError(ApiErrorCode.WrongPhase, 'the chain is archived');
      }
      if (expectedVersion !== undefined && chain.version !== expectedVersion) {
        throw new ApiError(
          ApiErrorCode.PreconditionFailed,
          `the chain is at version ${chain.version}`,
        );
      }
      const change = decide(chain);
      if (!change) return chain;
      try {
        const { admission, chains } = this.modules;
        const after = { ...chain, ...change };
        const asked = asksForReplicas(chain.spec, after.spec) ? withLeastReplicas(after) : after;
        const written = await admission.admit(chain, asked, () => chains.modify(chain, change));
        this.modules.enqueue(chain.id);
        return written;
      } catch (error) {
        if (!isVersionConflict(error) || attempt === MAX_WRITE_ATTEMPTS) throw error;
      }
    }
  }

  #tenantFor(request: CreateChainRequest, caller: Principal): string {
    if (caller.tenant !== null) {
      if (request.tenant !== undefined && request.tenant !== caller.tenant) {
        throw new ApiError(ApiErrorCode.Forbidden, 'only an admin creates for another tenant');
      }
      return caller.tenant;
    }
    return request.tenant ?? DEFAULT_TENANT;
  }

  #sameOrTaken(existing: StoredChain, tenant: string, spec: ChainSpec): StoredChain {
    const same = existing.tenant === tenant && sameSpec(existing.spec, spec);
    if (same && existing.desired !== 'archived') return existing;
    throw new OrchestrationError(
      OrchestrationErrorCode.NameTaken,
      `the name "${existing.name}" is taken`,
    );
  }

  /** Two chains of one id would accept each other's transactions. */
  async #refuseRootId(spec: ChainSpec): Promise<void> {
    if (spec.chainId === undefined || spec.chainId !== this.modules.root.knownChainId) return;
    throw new OrchestrationError(
      OrchestrationErrorCode.ChainIdTaken,
      `chain id ${spec.chainId} is the root's`,
    );
  }
}

export function maySee(caller: Principal, chain: { readonly tenant: string }): boolean {
  return caller.tenant === null || caller.tenant === chain.tenant;
}

function checkName(name: string): void {
  try {
    assertChainName(name);
  } catch (error) {
    if (!(error instanceof OrchestrationError)) throw error;
    if (error.code !== OrchestrationErrorCode.NameInvalid) throw error;
    const errors = [{ path: 'name', message: error.message }];
    throw new ApiError(ApiErrorCode.InvalidRequest, `name: ${error.message}`, { data: { errors } });
  }
}

/** Those that there was no room for so far are no reason to refuse another change. */
function asksForReplicas(before: ChainSpec, after: ChainSpec): boolean {
  return after.scale.replicas.min > before.scale.replicas.min;
}

function isNameTaken(error: unknown): boolean {
  return error instanceof OrchestrationError && error.code === OrchestrationErrorCode.NameTaken;
}

function isVersionConflict(error: unknown): boolean {
  return (
    error instanceof OrchestrationError && error.code === OrchestrationErrorCode.VersionConflict
  );
}
