import { type Chain, FlotillaApiError } from '@flotilla/sdk';
import { type FormEvent, useState } from 'react';
import { formatCount } from '../format';
import { FeeFields } from '../parts/fee-fields';
import { Field } from '../parts/field';
import { ErrorNotice } from '../parts/notice';
import { useSession } from '../session';
import type { SpecErrors } from '../spec-checks';
import {
  type AllowForm,
  changeOf,
  checkSettings,
  formOf,
  type SettingsForm,
} from './settings-form';

const SIZES = ['small', 'medium', 'large', 'dedicated'] as const;

/** What changes on a running chain: its size at once, all else from a block on. */
export function SettingsTab({ chain }: { readonly chain: Chain }) {
  const { client, fleet, identity } = useSession();
  /** Undefined until something is typed: the form follows the chain so long. */
  const [typed, setTyped] = useState<SettingsForm>();
  const [refused, setRefused] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const form = typed ?? formOf(chain.spec);
  const errors = { ...serverErrors(refused), ...checkSettings(form) };
  const change = changeOf(form, chain.spec);
  const mayChange = identity.role !== 'viewer' && chain.status.phase !== 'Archived';

  const set = <Key extends keyof SettingsForm>(key: Key, value: SettingsForm[Key]) => {
    setTyped({ ...form, [key]: value });
    setRefused(undefined);
  };
  const text = (key: 'size' | 'fees' | 'gasPrice' | 'gasLimit' | 'symbol' | 'tokenName') => ({
    value: form[key],
    disabled: !mayChange,
    onChange: (event: { target: { value: string } }) => set(key, event.target.value as never),
  });

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (change === undefined || Object.keys(checkSettings(form)).length > 0) return;
    setBusy(true);
    setRefused(undefined);
    try {
      fleet.put(await client.chains.update(chain.name, change));
      setTyped(undefined);
    } catch (reason) {
      setRefused(reason as Error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="form" onSubmit={submit} noValidate aria-label="Settings">
      <InForce chain={chain} />
      <div className="form-row">
        <Field label="Size" hint="In force at once, without a restart." error={errors['spec.size']}>
          {(control) => (
            <select {...control} {...text('size')}>
              {SIZES.map((size) => (
                <option key={size}>{size}</option>
              ))}
            </select>
          )}
        </Field>
        <FeeFields
          mode={form.fees}
          text={text}
          errors={errors}
          priceHint="Pooled transactions that pay less wait until it falls again."
        />
        <Field label="Gas per block" error={errors['spec.gasLimit']}>
          {(control) => <input {...control} {...text('gasLimit')} inputMode="numeric" />}
        </Field>
      </div>
      <div className="form-row">
        <Field
          label="Coin symbol"
          hint="For display: a wallet that has the chain already keeps the former one."
          error={errors['spec.token.symbol']}
        >
          {(control) => <input {...control} {...text('symbol')} autoComplete="off" />}
        </Field>
        <Field label="Coin name" error={errors['spec.token.name']}>
          {(control) => <input {...control} {...text('tokenName')} autoComplete="off" />}
        </Field>
      </div>
      <Allow
        label="Who may create contracts"
        value={form.deployers}
        error={errors['spec.allow.deployers']}
        disabled={!mayChange}
        onChange={(value) => set('deployers', value)}
      />
      <Allow
        label="Whose transactions are taken"
        value={form.senders}
        error={errors['spec.allow.senders']}
        disabled={!mayChange}
        onChange={(value) => set('senders', value)}
      />
      {refused !== undefined && <ErrorNotice error={refused} />}
      {mayChange && (
        <div className="form-actions">
          <button
            type="submit"
            className="button button-primary"
            disabled={busy || change === undefined}
          >
            {busy ? 'One moment…' : 'Change'}
          </button>
          {change !== undefined && (
            <button type="button" className="button" onClick={() => setTyped(undefined)}>
              Undo
            </button>
          )}
        </div>
      )}
    </form>
  );
}

function InForce({ chain }: { readonly chain: Chain }) {
  const { settings, phase } = chain.status;
  const waits = chain.observedGeneration < chain.generation || settings?.asked !== undefined;
  if (waits && phase === 'Running') {
    return <p role="status">A change is on its way to the chain.</p>;
  }
  return (
    <p className="muted" role="status">
      {settings === null
        ? 'As at creation.'
        : `In force from block ${formatCount(settings.fromBlock)} on.`}{' '}
      A change takes effect with the next block, without a restart.
    </p>
  );
}

interface AllowProps {
  readonly label: string;
  readonly value: AllowForm;
  readonly error: string | undefined;
  readonly disabled: boolean;
  readonly onChange: (value: AllowForm) => void;
}

function Allow({ label, value, error, disabled, onChange }: AllowProps) {
  return (
    <>
      <Field label={label} error={value.mode === 'everyone' ? error : undefined}>
        {(control) => (
          <select
            {...control}
            value={value.mode}
            disabled={disabled}
            onChange={({ target }) =>
              onChange({ ...value, mode: target.value as AllowForm['mode'] })
            }
          >
            <option value="everyone">everyone</option>
            <option value="listed">only these accounts</option>
          </select>
        )}
      </Field>
      {value.mode === 'listed' && (
        <Field label={`${label}: accounts`} hint="One a line. None is nobody." error={error}>
          {(control) => (
            <textarea
              {...control}
              rows={3}
              spellCheck={false}
              placeholder="0x…"
              disabled={disabled}
              value={value.list}
              onChange={({ target }) => onChange({ ...value, list: target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

/** By field; an error in a list stands at the list. */
function serverErrors(refused: Error | undefined): SpecErrors {
  if (!(refused instanceof FlotillaApiError)) return {};
  return Object.fromEntries(
    refused.errors.map(({ path, message }) => [path.split('.').slice(0, 3).join('.'), message]),
  );
}
