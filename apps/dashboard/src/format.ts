/** What stands where there is nothing to say. */
export const NOTHING = '–';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

export const formatCount = (value: number): string => whole.format(value);

export function formatRate(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? tenths.format(perSecond) : whole.format(perSecond);
}

export function shortHash(hash: string): string {
  return hash.length <= 14 ? hash : `${hash.slice(0, 8)}…${hash.slice(-6)}`;
}

export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1_024
    ? `${whole.format(mebibytes)} MiB`
    : `${tenths.format(mebibytes / 1_024)} GiB`;
}

/** `7–15`, or `16` for one alone. */
export function formatRange(first: number, last: number): string {
  return first === last ? formatCount(first) : `${formatCount(first)}–${formatCount(last)}`;
}

/** An amount in the smallest unit (10^-18), with at most six digits after the point. */
export function formatCoins(wei: string): string {
  const value = BigInt(wei);
  const unit = 10n ** 18n;
  const fraction = (value % unit).toString().padStart(18, '0').slice(0, 6).replace(/0+$/, '');
  const text = whole.format(value / unit);
  if (fraction !== '') return `${text}.${fraction}`;
  return value % unit === 0n ? text : `> ${text}`;
}

/** Coins as a person writes them (`1.5`) to the smallest unit; undefined when it is no amount. */
export function parseCoins(text: string, decimals = 18): string | undefined {
  const match = /^(\d{1,40})(?:\.(\d+))?$/.exec(text.trim());
  if (match === null || (match[2]?.length ?? 0) > decimals) return undefined;
  return BigInt(match[1] + (match[2] ?? '').padEnd(decimals, '0')).toString();
}
