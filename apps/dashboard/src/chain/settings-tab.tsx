import { type Chain, FlotillaApiError } from '@flotilla/sdk';
import { type FormEvent, useState } from 'react';
import { formatCount } from '../format';
import { AllowField } from '../parts/allow-field';
import { FeeFields } from '../parts/fee-fields';
import { Field } from '../parts/field';
import { ErrorNotice } from '../parts/notice';
import { RunningFields } from '../parts/running-fields';
import { SealingFields } from '../parts/sealing-fields';
import { useSession } from '../session';
import type { SpecErrors } from '../spec-checks';
import { changeOf, checkSettings, formOf, type SettingsForm } from './settings-form';

/** What changes on a running chain: what the chain's rules say from a block on, how it runs at once. */
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
  const text = (
    key: 'sealing' | 'intervalMs' | 'fees' | 'gasPrice' | 'gasLimit' | 'symbol' | 'tokenName',
  ) => ({
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
        <SealingFields mode={form.sealing} text={text} errors={errors} />
      </div>
      <div className="form-row">
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
      <AllowField
        label="Who may create contracts"
        value={form.deployers}
        error={errors['spec.allow.deployers']}
        disabled={!mayChange}
        onChange={(value) => set('deployers', value)}
      />
      <AllowField
        label="Whose transactions are taken"
        value={form.senders}
        error={errors['spec.allow.senders']}
        disabled={!mayChange}
        onChange={(value) => set('senders', value)}
      />
      <h2>How it runs</h2>
      <p className="muted">
        At once and without a restart; only switching failover restarts the process.
      </p>
      <RunningFields
        form={form}
        errors={errors}
        disabled={!mayChange}
        onChange={(over) => {
          setTyped({ ...form, ...over });
          setRefused(undefined);
        }}
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

/** By field; an error in a list stands at the list. */
function serverErrors(refused: Error | undefined): SpecErrors {
  if (!(refused instanceof FlotillaApiError)) return {};
  return Object.fromEntries(
    refused.errors.map(({ path, message }) => [path.split('.').slice(0, 3).join('.'), message]),
  );
}
