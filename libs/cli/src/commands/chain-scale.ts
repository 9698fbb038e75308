import type { Chain, ChainSpec, ChainsApi } from '@flotilla/sdk';
import type { CommandContext } from '../context.js';
import { invalidArgument } from '../errors.js';
import { parseDurationMs, parseInteger } from './spec-options.js';

export interface ScaleOptions {
  readonly size?: ChainSpec['size'];
  readonly replicas?: string;
  readonly maxReplicas?: string;
  readonly maxSize?: ChainSpec['size'] | 'none';
  readonly failover?: boolean;
  readonly wait?: boolean;
  readonly timeout: string;
}

/** Its size and the largest that it may grow to, read replicas at least and at most, and whether a standby takes over. */
export async function run(
  context: CommandContext,
  options: ScaleOptions,
  name: string,
): Promise<void> {
  const { size, replicas, maxReplicas, maxSize, failover } = options;
  const asked = [size, replicas, maxReplicas, maxSize, failover];
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
    scale: {
      replicas: { min, max },
      ...(maxSize !== undefined && { maxSize: maxSize === 'none' ? null : maxSize }),
    },
    ...(failover !== undefined && { failover }),
  };
  const deadline = Date.now() + timeoutMs;
  const updated = await chains.update(name, change, { wait: options.wait, timeoutMs });
  const chain = options.wait ? await withFollowers(chains, updated, deadline) : updated;
  context.print(chain, () => outcome(chain));
}

const POLL_MS = 250;

const followersOf = ({ status }: Chain) =>
  status.instances.filter(({ role }) => role === 'follower').length;

/** The chain once as many followers are there as were asked for, or as it is when the time is over. */
async function withFollowers(chains: ChainsApi, chain: Chain, deadline: number): Promise<Chain> {
  const { scale, failover } = chain.spec;
  const least = Math.max(scale.replicas.min, failover ? 1 : 0);
  let current = chain;
  const isMissing = () => current.status.phase === 'Running' && followersOf(current) < least;
  while (isMissing() && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    current = await chains.get(chain.name);
  }
  return current;
}

function outcome(chain: Chain): string {
  const { name, spec } = chain;
  const { min, max } = spec.scale.replicas;
  const asked = min === max ? `${min}` : `${min} to ${max}`;
  const replicas = asked === '1' ? 'read replica' : 'read replicas';
  const there = followersOf(chain);
  const followers = there === 1 ? '1 follower is there' : `${there} followers are there`;
  const standby = spec.failover ? '; a standby takes over when its producer is lost' : '';
  const { maxSize } = spec.scale;
  const size = maxSize === undefined ? spec.size : `${spec.size} to ${maxSize}`;
  return `${name}: ${size}, ${asked} ${replicas} asked for, ${followers}${standby}`;
}
