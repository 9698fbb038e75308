import type { Chain } from '@flotilla/sdk';
import {
  formatAge,
  formatChainId,
  formatRate,
  NOTHING,
  shortHash,
  trustInWords,
} from './format.js';
import { formatFacts, formatTable } from './table.js';

const block = (ref: { readonly number: number } | null) => ref?.number.toString() ?? NOTHING;

export function formatChainTable(chains: readonly Chain[], nowMs: number): string {
  if (chains.length === 0) return 'No chains yet. Create one: flotilla chain create my-game --wait';
  return formatTable(
    ['name', 'phase', 'size', 'chain id', 'head', 'tx/s', 'safe', 'last anchor', 'trust'],
    chains.map(({ name, chainId, spec, status }) => [
      name,
      status.phase,
      spec.runtime === 'external' ? NOTHING : (status.scale?.size ?? spec.size),
      chainId?.toString() ?? NOTHING,
      block(status.head),
      status.live === null ? NOTHING : formatRate(status.live.tps),
      block(status.safe),
      formatAge(status.lastAnchor?.at, nowMs),
      trustInWords(status.trust),
    ]),
  );
}

/** Before the first anchor both tags stand at genesis, which nobody has anchored either. */
function anchoredBlock(
  { status }: Chain,
  ref: { readonly number: number } | null,
  meaning: string,
): string {
  if (ref === null) return NOTHING;
  return `${ref.number} (${status.lastAnchor === null ? 'nothing is anchored yet' : meaning})`;
}

/** What a wallet's "add network" form asks for, in its order and words. */
export function formatWalletLines(chain: Chain): string {
  return [
    'Add it to MetaMask (Networks → Add a custom network):',
    formatFacts([
      ['  Network name', chain.name],
      ['  Default RPC URL', chain.status.rpcUrl ?? NOTHING],
      ['  Chain ID', String(chain.chainId)],
      ['  Currency symbol', chain.spec.token.symbol],
    ]),
  ].join('\n');
}

function allowed(list: readonly string[] | undefined): string {
  if (list === undefined) return 'everyone';
  return list.length === 0 ? 'nobody' : list.join(', ');
}

function settingsInWords({ status }: Chain): string {
  const { settings } = status;
  if (settings === null) return 'as at creation';
  const waits = settings.asked === undefined ? '' : '; a change waits for the node';
  return `in force from block ${settings.fromBlock} on${waits}`;
}

function sleepInWords(afterSeconds: number | null | undefined): string {
  return afterSeconds == null ? 'never' : `after ${afterSeconds} s without use`;
}

function accessInWords({ spec, tenant }: Chain): string {
  return spec.access === 'keys' ? `keys of ${tenant ?? NOTHING} and of the fleet` : 'everybody';
}

function used(amount: number, limit: number | null, unit: string): string {
  return `${Math.round(amount)} ${unit}${limit === null ? '' : `, at most ${limit}`}`;
}

function hitsInWords(hits: Readonly<Record<string, number>>): string | undefined {
  return (
    Object.entries(hits)
      .map(([limit, times]) => `${limit} ${times}×`)
      .join(', ') || undefined
  );
}

function instancesInWords({ status }: Chain): string | undefined {
  const { instances, lease } = status;
  const epoch = lease === null ? '' : `, epoch ${lease.epoch}`;
  return (
    instances
      .map(({ id, role, pid }) => `${id} (${role}${role === 'producer' ? epoch : ''}, pid ${pid})`)
      .join(', ') || undefined
  );
}

function sizeInWords({ spec, status }: Chain): string {
  const { size, limits, scale } = spec;
  if (limits !== undefined) return `${size}, with figures of its own`;
  const grown = status.scale?.size;
  if (grown !== undefined) return `${grown}, grown from ${size} under load`;
  return scale.maxSize === undefined ? size : `${size}, up to ${scale.maxSize} under load`;
}

function replicasInWords({ scale, failover }: Chain['spec']): string | undefined {
  const { min, max } = scale.replicas;
  const count = min === max ? `${min}` : `${min} to ${max}, as the load asks`;
  if (max === 0 && !failover) return undefined;
  return failover ? `${count}; a standby takes over` : count;
}

export function formatChain(chain: Chain, nowMs: number): string {
  const { spec, status } = chain;
  const { live } = status;
  const limits = status.limits.host;
  const external = spec.runtime === 'external';
  const own = (text: string) => (external ? undefined : text);
  const interval = spec.sealing.mode === 'instant' ? '' : `, every ${spec.sealing.intervalMs} ms`;
  const facts = formatFacts([
    ['Name', chain.name],
    ['Phase', status.phase],
    ['Failure', status.failure ? `${status.failure.message} (${status.failure.code})` : undefined],
    ['Chain id', formatChainId(chain.chainId)],
    ['Tenant', chain.tenant ?? NOTHING],
    [
      'Runtime',
      external ? 'external: it runs elsewhere, only its checkpoints are here' : undefined,
    ],
    ['RPC URL', own(status.rpcUrl ?? NOTHING)],
    ['WebSocket', own(status.wsUrl ?? NOTHING)],
    ['Head', own(status.head ? `${status.head.number} ${status.head.hash}` : NOTHING)],
    ['Safe', anchoredBlock(chain, status.safe, 'anchored on the root')],
    ['Finalized', anchoredBlock(chain, status.finalized, 'final on the root')],
    [
      'Last anchor',
      status.lastAnchor
        ? `checkpoint ${status.lastAnchor.index} ${shortHash(status.lastAnchor.hash)}, ${formatAge(status.lastAnchor.at, nowMs)}`
        : 'never',
    ],
    ['Trust', trustInWords(status.trust)],
    ['Can be lost', status.durability],
    ['Transactions', live ? `${live.txTotal}, ${formatRate(live.tps)}/s` : undefined],
    ['Txpool', live ? `${live.txpool.pending} pending, ${live.txpool.queued} queued` : undefined],
    ['Size', own(sizeInWords(chain))],
    ['Processor', live ? used(live.cpuPercent, limits.cpuPercent, '% of a core') : undefined],
    ['Memory', live ? used(live.rssBytes / 2 ** 20, limits.memoryMb, 'MiB') : undefined],
    [
      'Disk',
      live?.diskBytes == null ? undefined : used(live.diskBytes / 2 ** 20, limits.diskMb, 'MiB'),
    ],
    ['Limits met', live ? hitsInWords(live.limitHits) : undefined],
    ['Idle', live?.idleMs != null ? `for ${Math.round(live.idleMs / 1000)} s` : undefined],
    ['Asleep', status.asleepSince ? `since ${formatAge(status.asleepSince, nowMs)}` : undefined],
    ['Sleeps', own(sleepInWords(spec.sleep.afterSeconds))],
    ['Open to', own(accessInWords(chain))],
    ['Instances', instancesInWords(chain)],
    ['Replicas', external ? undefined : replicasInWords(spec)],
    ['Restarts', status.restarts > 0 ? String(status.restarts) : undefined],
    ['Sealing', own(`${spec.sealing.mode}${interval}`)],
    ['Fees', own(`${spec.fees.mode}${spec.fees.gasPrice ? `, ${spec.fees.gasPrice} wei` : ''}`)],
    ['Token', own(`${spec.token.symbol}${spec.token.name ? `, ${spec.token.name}` : ''}`)],
    ['Gas limit', own(spec.gasLimit.toString())],
    ['Deployers', own(allowed(spec.allow.deployers))],
    ['Senders', own(allowed(spec.allow.senders))],
    ['Settings', own(settingsInWords(chain))],
    ['Hardfork', own(spec.hardfork)],
    ['Created', `${chain.createdAt} (${formatAge(chain.createdAt, nowMs)})`],
  ]);
  const { conditions } = status;
  if (conditions.length === 0) return facts;
  const table = formatTable(
    ['condition', 'status', 'reason', 'since', 'message'],
    conditions.map((c) => [
      c.type,
      c.status ? 'true' : 'false',
      c.reason || NOTHING,
      formatAge(c.lastTransitionAt, nowMs),
      c.message,
    ]),
  );
  return `${facts}\n\n${table}`;
}
