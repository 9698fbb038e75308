import type { Chain } from '@flotilla/sdk';
import { useState } from 'react';
import { ConfirmDialog } from '../parts/confirm';
import { ErrorNotice } from '../parts/notice';
import { useSession } from '../session';

type Question = 'pause' | 'delete';
type Deed = 'resume' | 'restart' | 'sleep' | 'wake';

/** What may be done with a chain in its phase, by this key. */
export function ChainActions({ chain }: { readonly chain: Chain }) {
  const { client, fleet, identity } = useSession();
  const [question, setQuestion] = useState<Question>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const { name } = chain;
  const { phase } = chain.status;
  if (identity.role === 'viewer' || phase === 'Archived' || phase === 'Draining') return null;

  const act = async (deed: Deed) => {
    setBusy(true);
    setError(undefined);
    try {
      fleet.put(await client.chains[deed](name));
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="actions">
      {phase === 'Paused' || phase === 'Failed' ? (
        <button
          type="button"
          className="button button-primary"
          disabled={busy}
          onClick={() => act('resume')}
        >
          {phase === 'Failed' ? 'Try again' : 'Resume'}
        </button>
      ) : (
        chain.spec.runtime === 'managed' && (
          <>
            {phase === 'Sleeping' ? (
              <button
                type="button"
                className="button button-primary"
                disabled={busy}
                onClick={() => act('wake')}
              >
                Wake
              </button>
            ) : (
              <>
                <button
                  type="button"
                  className="button"
                  disabled={busy || phase !== 'Running'}
                  title="Other processes, with the code that is installed now; requests wait"
                  onClick={() => act('restart')}
                >
                  Restart
                </button>
                <button
                  type="button"
                  className="button"
                  disabled={busy || phase !== 'Running'}
                  title="Its process ends until the first request wakes it; nobody is refused"
                  onClick={() => act('sleep')}
                >
                  Sleep
                </button>
              </>
            )}
            <button
              type="button"
              className="button"
              disabled={busy || (phase !== 'Running' && phase !== 'Sleeping')}
              onClick={() => setQuestion('pause')}
            >
              Pause
            </button>
          </>
        )
      )}
      <button
        type="button"
        className="button button-danger-quiet"
        onClick={() => setQuestion('delete')}
      >
        Delete
      </button>
      {error !== undefined && <ErrorNotice error={error} />}
      {question === 'pause' && (
        <ConfirmDialog
          title={`Pause ${name}?`}
          action="Pause"
          onConfirm={async () => fleet.put(await client.chains.pause(name))}
          onClose={() => setQuestion(undefined)}
        >
          <p>
            Its process stops: the RPC URL answers with an error until it is resumed, and no request
            wakes it. Nothing is lost.
          </p>
        </ConfirmDialog>
      )}
      {question === 'delete' && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          action="Delete for good"
          danger
          typeToConfirm={name}
          onConfirm={async () => fleet.put(await client.chains.delete(name))}
          onClose={() => setQuestion(undefined)}
        >
          <p>
            The rest of its blocks is anchored, then it stops for good. Its data is kept in the
            archive; its chain id is never used again.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
