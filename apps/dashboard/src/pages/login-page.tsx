import { FlotillaApiError } from '@flotilla/sdk';
import { type FormEvent, useState } from 'react';
import { Field } from '../parts/field';
import { Mark } from '../parts/mark';
import { useSessionState } from '../session';

export function LoginPage() {
  const { restoring, login } = useSessionState();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  if (restoring) return <div className="login" role="status" aria-label="Logging in" />;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await login(key.trim());
    } catch (reason) {
      setError(explain(reason));
      setBusy(false);
    }
  };

  return (
    <main className="login">
      <form className="login-card" onSubmit={submit}>
        <h1 className="wordmark">
          <Mark size={30} /> Flotilla
        </h1>
        <p className="login-lead">A chain of its own for every dApp, all anchored to one root.</p>
        <Field
          label="API key"
          error={error}
          hint="The admin's key is in the file admin.key of the data folder (.flotilla by default). A key is kept in this tab only."
        >
          {(control) => (
            <input
              {...control}
              type="password"
              autoComplete="current-password"
              required
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button button-primary" disabled={busy || key === ''}>
          {busy ? 'One moment…' : 'Log in'}
        </button>
      </form>
    </main>
  );
}

function explain(reason: unknown): string {
  if (reason instanceof FlotillaApiError && (reason.status === 401 || reason.status === 403)) {
    return 'This key is not valid here, or has been revoked.';
  }
  return reason instanceof Error ? reason.message : String(reason);
}
