import { heartbeatSchema } from '@flotilla/messaging';
import type {
  InstanceReport,
  InstanceStatus,
  ObservedStatus,
  ProbePort,
  ProbeResult,
} from '@flotilla/orchestration';
import { z } from 'zod';
import { callNode } from '../rpc/chain-rpc.js';

const PROBE_TIMEOUT_MS = 2_000;
const INSTANCE_TIMEOUT_MS = 1_000;
const STATUS = { method: 'flotilla_status', params: [] } as const;

type Heads = Pick<ObservedStatus, 'head' | 'safe' | 'finalized'>;

/** Healthy is who answers RPC. The first answer of each run also says where the chain stands. */
export class RpcProbe implements ProbePort {
  readonly #seen = new Map<string, number | undefined>();

  constructor(
    readonly modules: {
      /** A chain serves (again): its heads are known before its first heartbeat. */
      readonly onServing: (chain: string, heads: Heads) => Promise<void>;
    },
  ) {}

  async probe(instance: InstanceStatus, timeoutMs = PROBE_TIMEOUT_MS): Promise<ProbeResult> {
    const { chain, pid, rpcUrl } = instance;
    if (rpcUrl === undefined) return { healthy: false, reason: 'not serving yet' };
    const isNew = !this.#seen.has(chain) || this.#seen.get(chain) !== pid;
    // Not its blocks: to answer with one that is full takes a thread, which a node that has just woken has to start.
    const calls = [{ method: 'eth_chainId', params: [] }, ...(isNew ? [STATUS] : [])];
    try {
      const [chainId, status] = await callNode(rpcUrl, calls, timeoutMs);
      if (isNew) await this.modules.onServing(chain, headsSchema.parse(status) as Heads);
      this.#seen.set(chain, pid);
      return { healthy: true, chainId: Number(chainId) };
    } catch (error) {
      return { healthy: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async instance({ rpcUrl }: InstanceStatus): Promise<InstanceReport | undefined> {
    if (rpcUrl === undefined) return undefined;
    try {
      const [status] = await callNode(rpcUrl, [STATUS], INSTANCE_TIMEOUT_MS);
      return reportSchema.parse(status);
    } catch {
      return undefined;
    }
  }
}

const headsSchema = heartbeatSchema.pick({ head: true, safe: true, finalized: true });

const reportSchema = z.object({
  role: z.enum(['producer', 'follower']),
  epoch: z.number(),
  following: z
    .object({
      lag: z.number().optional(),
      paired: z.boolean(),
      refused: z.object({ code: z.string(), message: z.string(), block: z.number() }).optional(),
    })
    .optional(),
});
