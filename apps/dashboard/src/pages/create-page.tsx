import { FlotillaApiError } from '@flotilla/sdk';
import { type FormEvent, useState } from 'react';
import { AllowField } from '../parts/allow-field';
import { FeeFields } from '../parts/fee-fields';
import { Field } from '../parts/field';
import { Flag } from '../parts/flag';
import { ErrorNotice } from '../parts/notice';
import { RunningFields } from '../parts/running-fields';
import { SealingFields } from '../parts/sealing-fields';
import { Link, navigate } from '../router';
import { useSession } from '../session';
import type { SpecErrors } from '../spec-checks';
import { type CreateForm, checkForm, EMPTY_FORM, specOf } from './create-spec';

const FEES_HINT = {
  free: 'Transactions with a gas price of zero are taken.',
  fixed: 'One gas price for everybody, always.',
  eip1559: 'A base fee that follows demand, as on Ethereum.',
} as const;

export function CreatePage() {
  const { client, fleet, identity } = useSession();
  const [form, setForm] = useState(EMPTY_FORM);
  /** Complaints appear once the form was sent, and go as they are mended. */
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const errors = errorsOf(tried ? checkForm(form) : {}, refused);

  const set = <Key extends keyof CreateForm>(key: Key, value: CreateForm[Key]) => {
    setForm((current) => ({ ...current, [key]: value }));
    setRefused(undefined);
  };
  const text = (key: keyof CreateForm) => ({
    value: form[key] as string,
    onChange: (event: { target: { value: string } }) => set(key, event.target.value as never),
  });

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(checkForm(form)).length > 0) return;
    setBusy(true);
    setRefused(undefined);
    try {
      const tenant = form.tenant === '' ? undefined : form.tenant;
      const chain = await client.chains.create(form.name, specOf(form), { tenant });
      fleet.put(chain);
      navigate(`/chains/${chain.name}`);
    } catch (reason) {
      setRefused(reason as Error);
      setBusy(false);
    }
  };

  return (
    <>
      <div className="page-head">
        <h1>Create a chain</h1>
      </div>
      <form className="form" onSubmit={submit} noValidate>
        <Field
          label="Name"
          error={errors.name}
          hint="It becomes part of the RPC URL and can't be changed."
        >
          {(control) => (
            <span className="with-flag">
              <Flag name={form.name || '-'} size={28} />
              <input {...control} {...text('name')} autoComplete="off" spellCheck={false} />
            </span>
          )}
        </Field>

        <div className="form-row">
          <SealingFields mode={form.sealing} text={text} errors={errors} />
        </div>

        <div className="form-row">
          <FeeFields mode={form.fees} text={text} errors={errors} modeHint={FEES_HINT[form.fees]} />
        </div>

        <div className="form-row">
          <Field
            label="Coin symbol"
            error={errors['spec.token.symbol']}
            hint="ETH when left empty."
          >
            {(control) => <input {...control} {...text('symbol')} autoComplete="off" />}
          </Field>
          <Field
            label="Chain id"
            error={errors['spec.chainId']}
            hint="Drawn when left empty; unique, never used again."
          >
            {(control) => <input {...control} {...text('chainId')} inputMode="numeric" />}
          </Field>
        </div>

        <RunningFields
          form={form}
          errors={errors}
          withDefault
          onChange={(change) => {
            setForm((current) => ({ ...current, ...change }));
            setRefused(undefined);
          }}
        />

        <details className="more">
          <summary>More: accounts, allowlists, gas limit, hardfork, history, checkpoints</summary>
          <Field
            label="Accounts in genesis"
            error={errors['spec.alloc']}
            hint="One a line: address and amount in coins."
          >
            {(control) => (
              <textarea
                {...control}
                {...text('alloc')}
                rows={3}
                spellCheck={false}
                placeholder="0x… 100"
              />
            )}
          </Field>
          <AllowField
            label="Who may create contracts"
            value={form.deployers}
            error={errors['spec.allow.deployers']}
            onChange={(value) => set('deployers', value)}
          />
          <AllowField
            label="Whose transactions are taken"
            value={form.senders}
            error={errors['spec.allow.senders']}
            onChange={(value) => set('senders', value)}
          />
          <div className="form-row">
            <Field
              label="Gas per block"
              error={errors['spec.gasLimit']}
              hint="30,000,000 when left empty."
            >
              {(control) => <input {...control} {...text('gasLimit')} inputMode="numeric" />}
            </Field>
            <Field label="Hardfork" error={errors['spec.hardfork']}>
              {(control) => (
                <select {...control} {...text('hardfork')}>
                  <option value="cancun">Cancun</option>
                  <option value="prague">Prague</option>
                  <option value="osaka">Osaka</option>
                </select>
              )}
            </Field>
          </div>
          <div className="form-row">
            <Field
              label="Anchor at least every … seconds"
              error={errors['spec.checkpoint.everySeconds']}
              hint="While there are new transactions; 60 when left empty."
            >
              {(control) => <input {...control} {...text('everySeconds')} inputMode="numeric" />}
            </Field>
            {identity.role === 'admin' && (
              <Field
                label="Tenant"
                error={errors.tenant}
                hint="Whose chain it is; yours when left empty."
              >
                {(control) => <input {...control} {...text('tenant')} autoComplete="off" />}
              </Field>
            )}
          </div>
          <label className="check">
            <input
              type="checkbox"
              checked={form.archive}
              onChange={(event) => set('archive', event.target.checked)}
            />
            Keep every past state (archive)
          </label>
        </details>

        {refused !== undefined && <ErrorNotice error={refused} />}
        <div className="form-actions">
          <button type="submit" className="button button-primary" disabled={busy}>
            {busy ? 'One moment…' : 'Create'}
          </button>
          <Link to="/" className="button">
            Cancel
          </Link>
        </div>
      </form>
    </>
  );
}

/** Fields that hold lists: an error in a list stands at the list. */
const LISTS = ['spec.alloc', 'spec.allow.deployers', 'spec.allow.senders'];

/** What the browser found, and then what the server did, each at its field. */
function errorsOf(found: SpecErrors, refused: Error | undefined): SpecErrors {
  if (!(refused instanceof FlotillaApiError)) return found;
  const fromServer: Record<string, string> = {};
  for (const { path, message } of refused.errors) {
    fromServer[LISTS.find((list) => path.startsWith(`${list}.`)) ?? path] = message;
  }
  if (refused.code.startsWith('NAME_')) fromServer.name = refused.detail;
  return { ...fromServer, ...found };
}
