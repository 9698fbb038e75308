import type { ChainSpec, SpecChange } from '@flotilla/sdk';
import { type AllowForm, allowedBy, allowForm, checkAllow } from '../allow-form';
import { parseCoins } from '../format';
import { checkRunning, type RunningForm, runningForm, runningSpec } from '../running-form';
import {
  checkGasPrice,
  checkInterval,
  checkSymbol,
  complaints,
  GWEI_DECIMALS,
  type SpecErrors,
} from '../spec-checks';

/** The settings as a person writes them. */
export interface SettingsForm extends RunningForm {
  readonly sealing: ChainSpec['sealing']['mode'];
  readonly intervalMs: string;
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

export function formOf(spec: ChainSpec): SettingsForm {
  const { sealing, fees, gasLimit, token, allow } = spec;
  return {
    ...runningForm(spec),
    sealing: sealing.mode,
    intervalMs: String(sealing.intervalMs),
    fees: fees.mode,
    gasPrice: formatGwei(fees.gasPrice ?? '1000000000'),
    gasLimit: String(gasLimit),
    symbol: token.symbol,
    tokenName: token.name ?? '',
    deployers: allowForm(allow.deployers),
    senders: allowForm(allow.senders),
  };
}

/** What a person can see to be wrong; everything else the API says. */
export function checkSettings(form: SettingsForm): SpecErrors {
  const gas = Number(form.gasLimit);
  return {
    ...checkRunning(form),
    ...complaints({
      'spec.sealing.intervalMs': checkInterval(form.sealing, form.intervalMs),
      'spec.fees.gasPrice': checkGasPrice(form.fees, form.gasPrice),
      'spec.gasLimit':
        /^\d{7,10}$/.test(form.gasLimit) && gas >= 5_000_000 && gas <= 1_000_000_000
          ? undefined
          : 'a whole number from 5,000,000 to 1,000,000,000',
      'spec.token.symbol': checkSymbol(form.symbol),
      'spec.allow.deployers': checkAllow(form.deployers),
      'spec.allow.senders': checkAllow(form.senders),
    }),
  };
}

/** Only what differs from the spec; undefined when nothing does. */
export function changeOf(form: SettingsForm, spec: ChainSpec): SpecChange | undefined {
  const before = formOf(spec);
  const differs = (...keys: (keyof SettingsForm)[]) =>
    keys.some((key) => JSON.stringify(form[key]) !== JSON.stringify(before[key]));
  const isPriced = form.fees !== 'free';
  const isTimed = form.sealing !== 'instant';
  const gasPrice = isPriced ? (parseCoins(form.gasPrice, GWEI_DECIMALS) ?? null) : null;
  const allow = {
    ...(differs('deployers') && { deployers: allowedBy(form.deployers) }),
    ...(differs('senders') && { senders: allowedBy(form.senders) }),
  } as SpecChange['allow'];
  const change: SpecChange = {
    ...runningSpec(form, before),
    ...((differs('sealing') || (isTimed && differs('intervalMs'))) && {
      sealing: { mode: form.sealing, ...(isTimed && { intervalMs: Number(form.intervalMs) }) },
    }),
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
