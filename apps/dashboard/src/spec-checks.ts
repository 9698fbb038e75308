import { parseCoins } from './format';

/** What is wrong with what was typed, by the path that the API would name. */
export type SpecErrors = Readonly<Record<string, string>>;

export const GWEI_DECIMALS = 9;

/** Only what is wrong. */
export function complaints(checks: Record<string, string | undefined>): SpecErrors {
  return Object.fromEntries(
    Object.entries(checks).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export function checkGasPrice(
  mode: 'free' | 'fixed' | 'eip1559',
  gwei: string,
): string | undefined {
  const isRight = mode === 'free' || parseCoins(gwei, GWEI_DECIMALS) !== undefined;
  return isRight ? undefined : 'an amount in gwei, e.g. 1 or 0.05';
}

export function checkInterval(
  mode: 'instant' | 'interval' | 'lazy',
  intervalMs: string,
): string | undefined {
  return mode === 'instant' ? undefined : checkInteger(intervalMs || '-', 50, 3_600_000);
}

export function checkSymbol(symbol: string): string | undefined {
  if (/^[A-Za-z][A-Za-z0-9]{0,10}$/.test(symbol)) return undefined;
  return '1 to 11 letters and digits, a letter first';
}

const INTEGER = /^\d{1,16}$/;

/** An empty text is no complaint: it is left to the server. */
export function checkInteger(text: string, least: number, most: number): string | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!INTEGER.test(text) || value < least || value > most) {
    return `a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  }
  return undefined;
}

export function isAddress(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text);
}
