import { AuditPage } from './pages/audit-page';
import { ChainPage } from './pages/chain-page';
import { CreatePage } from './pages/create-page';
import { FleetPage } from './pages/fleet-page';
import { KeysPage } from './pages/keys-page';
import { LoginPage } from './pages/login-page';
import { NotFoundPage } from './pages/not-found-page';
import { Boundary } from './parts/boundary';
import { Layout } from './parts/layout';
import { matchRoute, usePath } from './router';
import { SessionProvider, useOptionalSession } from './session';

export function App() {
  return (
    <SessionProvider>
      <Gate />
    </SessionProvider>
  );
}

function Gate() {
  const session = useOptionalSession();
  const path = usePath();
  if (session === undefined) return <LoginPage />;
  return (
    <Layout>
      <Boundary path={path}>
        <Page path={path} isAdmin={session.identity.role === 'admin'} />
      </Boundary>
    </Layout>
  );
}

function Page({ path, isAdmin }: { readonly path: string; readonly isAdmin: boolean }) {
  if (path === '/') return <FleetPage />;
  if (path === '/new') return <CreatePage />;
  if (path === '/keys' && isAdmin) return <KeysPage />;
  if (path === '/audit' && isAdmin) return <AuditPage />;
  const chain = matchRoute('/chains/:name/:tab', path) ?? matchRoute('/chains/:name', path);
  if (chain !== undefined) {
    return <ChainPage key={chain.name} name={chain.name} tab={chain.tab ?? 'blocks'} />;
  }
  return <NotFoundPage />;
}
