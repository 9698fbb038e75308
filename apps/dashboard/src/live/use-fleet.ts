import type { Chain, FleetEvent } from '@flotilla/sdk';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useSession } from '../session';
import type { FleetState } from './fleet-store';

export function useFleet(): FleetState {
  const { fleet } = useSession();
  return useSyncExternalStore(fleet.subscribe, fleet.getState);
}

export function useChain(name: string): Chain | undefined {
  return useFleet().chains.get(name);
}

/** Runs for every event of the stream, or of one chain only. */
export function useFleetEvents(listener: (event: FleetEvent) => void): void {
  const { fleet } = useSession();
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => fleet.onEvent((event) => newest.current(event)), [fleet]);
}
