import type { StoredChain } from '@flotilla/persistence';
import type { Metrics } from '@flotilla/platform';
import type { CapacityView } from '../capacity/admission.js';
import type { ChainDirectory } from '../chains/chain-directory.js';
import type { LiveChain, LiveChains } from './live-chains.js';

/** What the control plane itself knows, read at each scrape. */
export interface FleetMetricsModules {
  readonly metrics: Metrics;
  readonly live: LiveChains;
  readonly directory: ChainDirectory;
  readonly queue: () => { readonly ready: number; readonly running: number };
  readonly capacity: () => CapacityView;
  readonly warm: () => { readonly ready: number; readonly starting: number };
  readonly streams: () => number;
  readonly lastAnchored: (chain: StoredChain) => number | undefined;
}

type Figure = readonly [name: string, help: string, value: (chain: LiveChain) => number];

const PER_CHAIN: readonly Figure[] = [
  ['flotilla_chain_head_block', 'Number of the newest sealed block', (c) => c.head.number],
  ['flotilla_chain_safe_block', 'Number of the newest anchored block', (c) => c.safe.number],
  ['flotilla_chain_finalized_block', 'Number of the newest final block', (c) => c.finalized.number],
  ['flotilla_chain_txpool_pending', 'Executable transactions', (c) => c.live.txpool.pending],
  ['flotilla_chain_txpool_queued', 'Transactions behind a gap', (c) => c.live.txpool.queued],
  ['flotilla_chain_transactions_total', 'Transactions mined', (c) => c.live.txTotal],
  ['flotilla_chain_resident_memory_bytes', 'Memory of the process', (c) => c.live.rssBytes],
  ['flotilla_chain_disk_bytes', 'State, blocks and journal', (c) => c.live.diskBytes ?? 0],
  ['flotilla_chain_cpu_seconds_total', 'Processor time of the process', (c) => c.live.cpuSeconds],
];

export function registerFleetMetrics(modules: FleetMetricsModules): void {
  const { metrics, live, directory } = modules;
  for (const [name, help, value] of PER_CHAIN) {
    metrics.gauge(name, help, ['chain'], (gauge) => {
      gauge.reset();
      for (const chain of live.names()) {
        const figures = live.get(chain);
        if (figures) gauge.set({ chain }, value(figures));
      }
    });
  }
  metrics.gauge(
    'flotilla_chain_limit_hits_total',
    'How often a limit was met since the process has started',
    ['chain', 'limit'],
    (gauge) => {
      gauge.reset();
      for (const chain of live.names()) {
        const hits = Object.entries(live.get(chain)?.live.limitHits ?? {});
        for (const [limit, count] of hits) gauge.set({ chain, limit }, count);
      }
    },
  );
  metrics.gauge(
    'flotilla_capacity',
    'What of the host is there, and promised',
    ['kind', 'resource'],
    (gauge) => {
      const { capacity, reserved } = modules.capacity();
      for (const [kind, share] of Object.entries({ capacity, reserved })) {
        gauge.set({ kind, resource: 'cpu_millis' }, share.cpuMillis);
        gauge.set({ kind, resource: 'memory_mb' }, share.memoryMb);
      }
    },
  );
  metrics.gauge('flotilla_chain_up', 'Whether a chain that should run is heard', ['chain'], (g) => {
    g.reset();
    for (const { name, desired, spec } of directory.all()) {
      const expected = desired === 'running' && spec.runtime === 'managed';
      if (expected) g.set({ chain: name }, live.get(name) ? 1 : 0);
    }
  });
  metrics.gauge('flotilla_chain_restarts_total', 'Unplanned restarts', ['chain'], (gauge) => {
    gauge.reset();
    for (const { name, status } of directory.all()) gauge.set({ chain: name }, status.restarts);
  });
  metrics.gauge('flotilla_chain_last_anchored_block', 'Last block on the root', ['chain'], (g) => {
    g.reset();
    for (const chain of directory.all()) {
      const block = modules.lastAnchored(chain);
      if (block !== undefined) g.set({ chain: chain.name }, block);
    }
  });
  metrics.gauge('flotilla_chains', 'Chains by phase', ['phase'], (gauge) => {
    gauge.reset();
    for (const { status } of directory.all()) gauge.inc({ phase: status.phase });
  });
  metrics.gauge('flotilla_reconcile_queue', 'Chains waiting and worked on', ['state'], (gauge) => {
    const { ready, running } = modules.queue();
    gauge.set({ state: 'ready' }, ready);
    gauge.set({ state: 'running' }, running);
  });
  metrics.gauge('flotilla_warm_nodes', 'Nodes that belong to no chain yet', ['state'], (gauge) => {
    const { ready, starting } = modules.warm();
    gauge.set({ state: 'ready' }, ready);
    gauge.set({ state: 'starting' }, starting);
  });
  metrics.gauge('flotilla_event_streams', 'Open event streams', [], (gauge) =>
    gauge.set(modules.streams()),
  );
}
