import type { InstanceStatus, ProbePort, ProbeResult } from '@flotilla/orchestration';
import { callNode } from '../rpc/chain-rpc.js';

const PROBE_TIMEOUT_MS = 2_000;

/** Healthy is who answers RPC. */
export class RpcProbe implements ProbePort {
  async probe(instance: InstanceStatus): Promise<ProbeResult> {
    if (instance.rpcUrl === undefined) return { healthy: false, reason: 'not serving yet' };
    try {
      const call = { method: 'eth_chainId', params: [] };
      const [chainId] = await callNode(instance.rpcUrl, [call], PROBE_TIMEOUT_MS);
      return { healthy: true, chainId: Number(chainId) };
    } catch (error) {
      return { healthy: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
