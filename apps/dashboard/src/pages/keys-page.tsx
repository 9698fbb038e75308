import type { CreatedKey, KeyRecord, KeyRole } from '@flotilla/sdk';
import { type FormEvent, useCallback, useState } from 'react';
import { NOTHING } from '../format';
import { useResource } from '../live/use-resource';
import { ConfirmDialog } from '../parts/confirm';
import { CopyButton } from '../parts/copy';
import { Field } from '../parts/field';
import { ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { useSession } from '../session';

const ROLES: Readonly<Record<KeyRole, string>> = {
  admin: 'Everything, of every tenant.',
  tenant: 'Its own chains only.',
  viewer: 'Looks, changes nothing. Without a tenant it sees every chain.',
  rpc: 'Good for the RPC URLs of its chains, and for nothing else. Without a tenant, of all.',
};

export function KeysPage() {
  const { client, identity } = useSession();
  const load = useCallback(() => client.keys.list(), [client]);
  const { value, error, refresh } = useResource(load);
  const [revoking, setRevoking] = useState<KeyRecord>();

  return (
    <>
      <div className="page-head">
        <h1>Keys</h1>
      </div>
      <CreateKey onCreated={refresh} />
      {error !== undefined && <ErrorNotice error={error} onRetry={refresh} />}
      {value === undefined && error === undefined && <Loading what="keys" />}
      {value !== undefined && (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Label</th>
                <th scope="col">Role</th>
                <th scope="col">Tenant</th>
                <th scope="col">Created</th>
                <th scope="col">Last used</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {value.map((key) => (
                <tr key={key.id} className={key.revokedAt === null ? undefined : 'row-off'}>
                  <th scope="row" title={key.id}>
                    {key.label ?? <span className="muted">no label</span>}
                  </th>
                  <td data-label="Role">{key.role}</td>
                  <td data-label="Tenant">{key.tenant ?? NOTHING}</td>
                  <td data-label="Created">
                    <Ago at={key.createdAt} />
                  </td>
                  <td data-label="Last used">
                    {key.lastUsedAt === null ? 'never' : <Ago at={key.lastUsedAt} />}
                  </td>
                  <td data-label="State">
                    {key.revokedAt !== null ? (
                      <>
                        revoked <Ago at={key.revokedAt} />
                      </>
                    ) : key.id === identity.id ? (
                      'yours'
                    ) : (
                      <button
                        type="button"
                        className="button button-small button-danger-quiet"
                        onClick={() => setRevoking(key)}
                      >
                        Revoke
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {revoking !== undefined && (
        <ConfirmDialog
          title={`Revoke ${revoking.label ?? 'this key'}?`}
          action="Revoke"
          danger
          onConfirm={async () => {
            await client.keys.revoke(revoking.id);
            refresh();
          }}
          onClose={() => setRevoking(undefined)}
        >
          <p>Whoever uses it is shut out at once. A revoked key never works again.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function CreateKey({ onCreated }: { readonly onCreated: () => void }) {
  const { client } = useSession();
  const [role, setRole] = useState<KeyRole>('tenant');
  const [tenant, setTenant] = useState('');
  const [label, setLabel] = useState('');
  const [created, setCreated] = useState<CreatedKey>();
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const request = {
        role,
        tenant: role === 'admin' || tenant === '' ? undefined : tenant,
        label: label || undefined,
      };
      setCreated(await client.keys.create(request));
      setLabel('');
      onCreated();
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="panel panel-form" aria-label="New key">
      <form className="toolbar toolbar-fields" onSubmit={submit}>
        <Field label="Role" hint={ROLES[role]}>
          {(control) => (
            <select
              {...control}
              value={role}
              onChange={(event) => setRole(event.target.value as KeyRole)}
            >
              {Object.keys(ROLES).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        {role !== 'admin' && (
          <Field label={role === 'tenant' ? 'Tenant' : 'Tenant (optional)'}>
            {(control) => (
              <input
                {...control}
                value={tenant}
                required={role === 'tenant'}
                autoComplete="off"
                onChange={(event) => setTenant(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field label="Label (optional)">
          {(control) => (
            <input
              {...control}
              value={label}
              autoComplete="off"
              placeholder="what it is for"
              onChange={(event) => setLabel(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button button-primary" disabled={busy}>
          Make a key
        </button>
      </form>
      {error !== undefined && <ErrorNotice error={error} />}
      {created !== undefined && (
        <div className="notice notice-good" role="status">
          <p>
            <strong>Keep it now: it is never shown again.</strong>
          </p>
          <p className="secret">
            <code>{created.key}</code> <CopyButton text={created.key} what="the new key" />
          </p>
        </div>
      )}
    </section>
  );
}
