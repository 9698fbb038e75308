import type { ChainSpecInput } from '@flotilla/sdk';
import { parseCoins } from '../format';

/** The create form as typed; everything but the name may stay empty. */
export interface CreateForm {
  readonly name: string;
  readonly tenant: string;
  readonly chainId: string;
  readonly sealing: 'instant' | 'interval' | 'lazy';
  readonly intervalMs: string;
  readonly fees: 'free' | 'fixed' | 'eip1559';
  /** gwei */
  readonly gasPrice: string;
  readonly symbol: string;
  readonly gasLimit: string;
  readonly hardfork: 'cancun' | 'prague' | 'osaka';
  readonly archive: boolean;
  readonly everySeconds: string;
  /** One account a line: address, amount in coins. */
  readonly alloc: string;
}

export const EMPTY_FORM: CreateForm = {
  name: '',
  tenant: '',
  chainId: '',
  sealing: 'instant',
  intervalMs: '1000',
  fees: 'free',
  gasPrice: '1',
  symbol: '',
  gasLimit: '',
  hardfork: 'prague',
  archive: false,
  everySeconds: '',
  alloc: '',
};

/** What is wrong, by the path that the API would name. */
export type FormErrors = Readonly<Record<string, string>>;

const NAME = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;
const GWEI_DECIMALS = 9;
const INTEGER = /^\d{1,16}$/;

function checkInteger(text: string, least: number, most: number): string | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!INTEGER.test(text) || value < least || value > most) {
    return `a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  }
  return undefined;
}

type Allocation = Record<string, { balance: string }>;

function parseAlloc(text: string): { alloc: Allocation; error?: string } {
  const alloc: Allocation = {};
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [address = '', amount = '', ...rest] = line.trim().split(/[\s,]+/);
    const balance = parseCoins(amount);
    if (!/^0x[0-9a-fA-F]{40}$/.test(address) || balance === undefined || rest.length > 0) {
      return { alloc, error: `line ${i + 1}: write an address and an amount, e.g. 0x… 100` };
    }
    alloc[address] = { balance };
  }
  return { alloc };
}

/** What a person can see to be wrong; everything else the API says. */
export function checkForm(form: CreateForm): FormErrors {
  const errors: Record<string, string | undefined> = {
    name: NAME.test(form.name)
      ? undefined
      : '3 to 40 lower-case letters, digits and hyphens; a letter first, no hyphen last',
    'spec.chainId': checkInteger(form.chainId, 1, 2 ** 52 - 1),
    'spec.sealing.intervalMs':
      form.sealing === 'instant' ? undefined : checkInteger(form.intervalMs || '-', 50, 3_600_000),
    'spec.fees.gasPrice':
      form.fees === 'free' || parseCoins(form.gasPrice, GWEI_DECIMALS) !== undefined
        ? undefined
        : 'an amount in gwei, e.g. 1 or 0.05',
    'spec.token.symbol':
      form.symbol === '' || /^[A-Za-z][A-Za-z0-9]{0,10}$/.test(form.symbol)
        ? undefined
        : '1 to 11 letters and digits, a letter first',
    'spec.gasLimit': checkInteger(form.gasLimit, 5_000_000, 1_000_000_000),
    'spec.checkpoint.everySeconds': checkInteger(form.everySeconds, 1, 86_400),
    'spec.alloc': parseAlloc(form.alloc).error,
  };
  return Object.fromEntries(
    Object.entries(errors).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Only what differs from the defaults, so that the defaults stay the server's. */
export function specOf(form: CreateForm): ChainSpecInput {
  const { alloc } = parseAlloc(form.alloc);
  return {
    ...(form.chainId !== '' && { chainId: Number(form.chainId) }),
    ...(form.sealing !== 'instant' && {
      sealing: { mode: form.sealing, intervalMs: Number(form.intervalMs) },
    }),
    ...(form.fees !== 'free' && {
      fees: { mode: form.fees, gasPrice: parseCoins(form.gasPrice, GWEI_DECIMALS) },
    }),
    ...(form.symbol !== '' && { token: { symbol: form.symbol } }),
    ...(form.gasLimit !== '' && { gasLimit: Number(form.gasLimit) }),
    ...(form.hardfork !== 'prague' && { hardfork: form.hardfork }),
    ...(form.archive && { history: { archive: true } }),
    ...(form.everySeconds !== '' && { checkpoint: { everySeconds: Number(form.everySeconds) } }),
    ...(Object.keys(alloc).length > 0 && { alloc }),
  };
}
