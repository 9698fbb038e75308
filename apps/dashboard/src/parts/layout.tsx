import { type ReactNode, useCallback } from 'react';
import { useFleet } from '../live/use-fleet';
import { useResource } from '../live/use-resource';
import { Link, navigate, usePath } from '../router';
import { useSession } from '../session';
import { Mark } from './mark';

const FLEET_EVERY_MS = 10_000;

export function Layout({ children }: { readonly children: ReactNode }) {
  const { identity, logout } = useSession();
  const leave = () => {
    // Whoever comes next starts at the beginning.
    navigate('/');
    logout();
  };
  return (
    <>
      <button type="button" className="skip" onClick={focusContent}>
        Skip to content
      </button>
      <header className="masthead">
        <div className="masthead-inner">
          <Link to="/" className="wordmark">
            <Mark /> Flotilla
          </Link>
          <nav className="main-nav" aria-label="Main">
            <NavLink to="/" also="/chains">
              Fleet
            </NavLink>
            {identity.role === 'admin' && (
              <>
                <NavLink to="/keys">Keys</NavLink>
                <NavLink to="/audit">Audit</NavLink>
              </>
            )}
          </nav>
          <Connection />
          <div className="who">
            <span title={`key ${identity.id}`}>
              {identity.label ?? identity.tenant ?? identity.role}
            </span>
            <button type="button" className="button button-quiet" onClick={leave}>
              Log out
            </button>
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <RootLine />
    </>
  );
}

/** The hash is the route, so the jump is made by hand. */
function focusContent() {
  document.getElementById('content')?.focus();
}

function NavLink(props: {
  readonly to: string;
  readonly also?: string;
  readonly children: ReactNode;
}) {
  const path = usePath();
  const here = path === props.to || (props.also !== undefined && path.startsWith(props.also));
  return (
    <Link to={props.to} aria-current={here ? 'page' : undefined}>
      {props.children}
    </Link>
  );
}

function Connection() {
  const { connected } = useFleet();
  return (
    <span className={connected ? 'signal signal-on' : 'signal'} role="status">
      {connected ? 'Live' : 'Reconnecting…'}
    </span>
  );
}

const FINALITY: Readonly<Record<string, string>> = {
  embedded: 'our own root: a durable block is final',
  tag: 'external root: final by its own finalized tag',
};

/** Where everything is anchored, at the foot of every page. */
function RootLine() {
  const { client } = useSession();
  const load = useCallback(() => client.fleet(), [client]);
  const { value } = useResource(load, { everyMs: FLEET_EVERY_MS });
  if (value === undefined) return <footer />;
  const { root, profile } = value;
  return (
    <footer>
      <div className="root-line">
        <span>
          Root chain {root.chainId} {root.reachable ? '' : <strong>unreachable</strong>}
        </span>
        <span>
          {FINALITY[root.finality] ?? `external root: final after ${root.finality.slice(6)} blocks`}
        </span>
        <span>{profile} profile</span>
        <a href="/api/docs">API reference</a>
      </div>
    </footer>
  );
}
