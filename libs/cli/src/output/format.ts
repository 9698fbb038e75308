import type { Chain, ChainStatus } from '@flotilla/sdk';

/** What stands where there is nothing to say. */
export const NOTHING = '–';

/** `0x1234…cdef` */
export function shortHash(hash: string | null | undefined): string {
  if (hash === null || hash === undefined) return NOTHING;
  return hash.length <= 14 ? hash : `${hash.slice(0, 6)}…${hash.slice(-4)}`;
}

/** A duration in its one or two largest units. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

export function formatAge(iso: string | null | undefined, nowMs: number): string {
  if (iso === null || iso === undefined) return 'never';
  return `${formatDuration(nowMs - Date.parse(iso))} ago`;
}

export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond < 9.95 ? perSecond.toFixed(1) : Math.round(perSecond).toString();
}

/** Whom a reader of the chain trusts, in plain words. */
export function trustInWords(trust: ChainStatus['trust']): string {
  return trust === 'operator-signed' ? 'operator-signed' : 'signed by its own committee';
}

/** `4242 (0x1092)`: wallets ask for one or the other. */
export function formatChainId(chainId: Chain['chainId']): string {
  return chainId === null ? NOTHING : `${chainId} (0x${chainId.toString(16)})`;
}
