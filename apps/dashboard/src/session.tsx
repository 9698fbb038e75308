import { FlotillaClient, type Identity } from '@flotilla/sdk';
import {
  createContext,
  type ReactNode,
  use,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { FleetStore } from './live/fleet-store';

const STORAGE_KEY = 'flotilla.key';

export interface Session {
  readonly client: FlotillaClient;
  readonly identity: Identity;
  readonly fleet: FleetStore;
  readonly logout: () => void;
}

interface SessionState {
  readonly session: Session | undefined;
  /** A key kept from before a reload is still being checked. */
  readonly restoring: boolean;
  /** @throws whatever the API answers to a key that is no good */
  readonly login: (key: string) => Promise<void>;
}

const SessionContext = createContext<SessionState | undefined>(undefined);

const clientFor = (apiKey: string) =>
  new FlotillaClient({ apiUrl: window.location.origin, apiKey });

/** The key lives in this tab only: session storage goes when the tab is closed. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [session, setSession] = useState<Session>();
  const [restoring, setRestoring] = useState(() => sessionStorage.getItem(STORAGE_KEY) !== null);

  const logout = useCallback(() => {
    sessionStorage.removeItem(STORAGE_KEY);
    setSession((current) => {
      current?.fleet.stop();
      return undefined;
    });
  }, []);

  const login = useCallback(
    async (key: string) => {
      const client = clientFor(key);
      const identity = await client.keys.me();
      sessionStorage.setItem(STORAGE_KEY, key);
      setSession((current) => {
        current?.fleet.stop();
        return { client, identity, fleet: new FleetStore(client, logout), logout };
      });
    },
    [logout],
  );

  useEffect(() => {
    const key = sessionStorage.getItem(STORAGE_KEY);
    if (key === null) return;
    login(key)
      .catch(() => sessionStorage.removeItem(STORAGE_KEY))
      .finally(() => setRestoring(false));
  }, [login]);

  useEffect(() => {
    session?.fleet.start();
    return () => session?.fleet.stop();
  }, [session]);

  const state = useMemo(() => ({ session, restoring, login }), [session, restoring, login]);
  return <SessionContext value={state}>{children}</SessionContext>;
}

export function useSessionState(): SessionState {
  return use(SessionContext)!;
}

export function useOptionalSession(): Session | undefined {
  return useSessionState().session;
}

/** Only below the gate, where there is one. */
export function useSession(): Session {
  return useSessionState().session!;
}
