import type { ChainSpec, SpecChange } from '@flotilla/sdk';
import { parseCoins } from '../format';
import {
  checkGasPrice,
  checkSymbol,
  complaints,
  GWEI_DECIMALS,
  isAddress,
  type SpecErrors,
} from '../spec-checks';

export interface AllowForm {
  readonly mode: 'everyone' | 'listed';
  /** Addresses with spaces, commas or line ends between them. */
  readonly list: string;
}

/** The settings as a person writes them. */
export interface SettingsForm {
  readonly size: ChainSpec['size'];
  readonly fees: ChainSpec['fees']['mode'];
  /** gwei */
  readonly gasPrice: string;
  readonly gasLimit: string;
  readonly symbol: string;
  readonly tokenName: string;
  readonly deployers: AllowForm;
  readonly senders: AllowForm;
}

export function formatGwei(wei: string): string {
  const digits = wei.padStart(GWEI_DECIMALS + 1, '0');
  const fraction = digits.slice(-GWEI_DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -GWEI_DECIMALS);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function allowForm(list: readonly string[] | undefined): AllowForm {
  return { mode: list === undefined ? 'everyone' : 'listed', list: (list ?? []).join('\n') };
}

export function formOf({ size, fees, gasLimit, token, allow }: ChainSpec): SettingsForm {
  return {
    size,
    fees: fees.mode,
    gasPrice: formatGwei(fees.gasPrice ?? '1000000000'),
    gasLimit: String(gasLimit),
    symbol: token.symbol,
    tokenName: token.name ?? '',
    deployers: allowForm(allow.deployers),
    senders: allowForm(allow.senders),
  };
}

const addresses = (text: string) => text.split(/[\s,]+/).filter((address) => address !== '');

function checkAllow({ mode, list }: AllowForm): string | undefined {
  if (mode === 'everyone') return undefined;
  const bad = addresses(list).find((address) => !isAddress(address));
  return bad === undefined ? undefined : `${bad} is no address: write 0x and 40 hex digits`;
}

/** What a person can see to be wrong; everything else the API says. */
export function checkSettings(form: SettingsForm): SpecErrors {
  const gas = Number(form.gasLimit);
  return complaints({
    'spec.fees.gasPrice': checkGasPrice(form.fees, form.gasPrice),
    'spec.gasLimit':
      /^\d{7,10}$/.test(form.gasLimit) && gas >= 5_000_000 && gas <= 1_000_000_000
        ? undefined
        : 'a whole number from 5,000,000 to 1,000,000,000',
    'spec.token.symbol': checkSymbol(form.symbol),
    'spec.allow.deployers': checkAllow(form.deployers),
    'spec.allow.senders': checkAllow(form.senders),
  });
}

/** Only what differs from the spec; undefined when nothing does. */
export function changeOf(form: SettingsForm, spec: ChainSpec): SpecChange | undefined {
  const before = formOf(spec);
  const differs = (...keys: (keyof SettingsForm)[]) =>
    keys.some((key) => JSON.stringify(form[key]) !== JSON.stringify(before[key]));
  const isPriced = form.fees !== 'free';
  const gasPrice = isPriced ? (parseCoins(form.gasPrice, GWEI_DECIMALS) ?? null) : null;
  const list = ({ mode, list: text }: AllowForm) => (mode === 'everyone' ? null : addresses(text));
  const allow = {
    ...(differs('deployers') && { deployers: list(form.deployers) }),
    ...(differs('senders') && { senders: list(form.senders) }),
  } as SpecChange['allow'];
  const change: SpecChange = {
    ...(differs('size') && { size: form.size }),
    ...((differs('fees') || (isPriced && differs('gasPrice'))) && {
      fees: { mode: form.fees, gasPrice },
    }),
    ...(differs('gasLimit') && { gasLimit: Number(form.gasLimit) }),
    ...(differs('symbol', 'tokenName') && {
      token: { symbol: form.symbol, name: form.tokenName === '' ? null : form.tokenName },
    }),
    ...(differs('deployers', 'senders') && { allow }),
  };
  return Object.keys(change).length === 0 ? undefined : change;
}
