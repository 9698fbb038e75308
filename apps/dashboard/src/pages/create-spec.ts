import type { ChainSpecInput } from '@flotilla/sdk';
import { type AllowForm, allowedBy, checkAllow, EVERYONE } from '../allow-form';
import { parseCoins } from '../format';
import { checkRunning, RUNS_BY_DEFAULT, type RunningForm, runningSpec } from '../running-form';
import {
  checkGasPrice,
  checkInteger,
  checkInterval,
  checkSymbol,
  complaints,
  GWEI_DECIMALS,
  isAddress,
  type SpecErrors,
} from '../spec-checks';

/** The create form as typed; everything but the name may stay empty. */
export interface CreateForm extends RunningForm {
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
  readonly deployers: AllowForm;
  readonly senders: AllowForm;
}

export const EMPTY_FORM: CreateForm = {
  ...RUNS_BY_DEFAULT,
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
  deployers: EVERYONE,
  senders: EVERYONE,
};

const NAME = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;
type Allocation = Record<string, { balance: string }>;

function parseAlloc(text: string): { alloc: Allocation; error?: string } {
  const alloc: Allocation = {};
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [address = '', amount = '', ...rest] = line.trim().split(/[\s,]+/);
    const balance = parseCoins(amount);
    if (!isAddress(address) || balance === undefined || rest.length > 0) {
      return { alloc, error: `line ${i + 1}: write an address and an amount, e.g. 0x… 100` };
    }
    alloc[address] = { balance };
  }
  return { alloc };
}

/** What a person can see to be wrong; everything else the API says. */
export function checkForm(form: CreateForm): SpecErrors {
  return {
    ...checkRunning(form),
    ...complaints({
      name: NAME.test(form.name)
        ? undefined
        : '3 to 40 lower-case letters, digits and hyphens; a letter first, no hyphen last',
      'spec.chainId': checkInteger(form.chainId, 1, 2 ** 52 - 1),
      'spec.sealing.intervalMs': checkInterval(form.sealing, form.intervalMs),
      'spec.fees.gasPrice': checkGasPrice(form.fees, form.gasPrice),
      'spec.token.symbol': form.symbol === '' ? undefined : checkSymbol(form.symbol),
      'spec.gasLimit': checkInteger(form.gasLimit, 5_000_000, 1_000_000_000),
      'spec.checkpoint.everySeconds': checkInteger(form.everySeconds, 1, 86_400),
      'spec.alloc': parseAlloc(form.alloc).error,
      'spec.allow.deployers': checkAllow(form.deployers),
      'spec.allow.senders': checkAllow(form.senders),
    }),
  };
}

/** Only what differs from the defaults, so that the defaults stay the server's. */
export function specOf(form: CreateForm): ChainSpecInput {
  const { alloc } = parseAlloc(form.alloc);
  const deployers = allowedBy(form.deployers);
  const senders = allowedBy(form.senders);
  return {
    // Nothing is taken away from a chain that isn't there yet: no null.
    ...(runningSpec(form, RUNS_BY_DEFAULT) as ChainSpecInput),
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
    ...((deployers ?? senders) !== null && {
      allow: { ...(deployers !== null && { deployers }), ...(senders !== null && { senders }) },
    }),
  };
}
