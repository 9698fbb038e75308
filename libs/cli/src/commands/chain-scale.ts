import type { Chain, ChainSpec } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { invalidArgument } from '../errors.js';
import { parseDurationMs, parseInteger } from './spec-options.js';

export interface ScaleOptions {
  readonly size?: ChainSpec['size'];
  readonly replicas?: string;
  readonly maxReplicas?: string;
  readonly failover?: boolean;
  readonly wait?: boolean;
  readonly timeout: string;
}

/** Its size, read replicas at least and at most, and whether a standby takes over. */
export async function run(
  context: CommandContext,
  options: ScaleOptions,
  name: string,
): Promise<void> {
  const { size, replicas, maxReplicas, failover } = options;
  const asked = [size, replicas, maxReplicas, failover];
  if (asked.every((option) => option === undefined)) {
    throw invalidArgument('nothing to scale', 'name what is to change, e.g. --size large');
  }
  const { chains } = await context.client();
  const timeoutMs = parseDurationMs(options.timeout);
  const { spec } = await chains.get(name);
  const before = spec.scale.replicas;
  const min = replicas === undefined ? before.min : parseInteger('--replicas', replicas);
  const most = maxReplicas === undefined ? undefined : parseInteger('--max-replicas', maxReplicas);
  // A number of its own is that number, whatever the load; with --max-replicas the load decides.
  const max = most ?? (replicas === undefined ? before.max : min);
  const change = {
    ...(size !== undefined && { size }),
    scale: { replicas: { min, max } },
    ...(failover !== undefined && { failover }),
  };
  const chain = await chains.update(name, change, { wait: options.wait, timeoutMs });
  context.print(chain, () => outcome(chain));
}

function outcome({ name, spec, status }: Chain): string {
  const { min, max } = spec.scale.replicas;
  const asked = min === max ? `${min}` : `${min} to ${max}`;
  const followers = status.instances.filter(({ role }) => role === 'follower').length;
  const standby = spec.failover ? '; a standby takes over when its producer is lost' : '';
  return `${name}: ${spec.size}, ${asked} read replicas asked for, ${followers} followers there${standby}`;
}
