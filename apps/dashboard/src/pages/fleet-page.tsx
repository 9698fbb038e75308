import type { Chain, ChainPhase } from '@flotilla/sdk';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { formatBytes, formatCount, formatRate, NOTHING } from '../format';
import type { FleetState } from '../live/fleet-store';
import { useFleet } from '../live/use-fleet';
import { useResource } from '../live/use-resource';
import { Flag } from '../parts/flag';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { Phase, Trust } from '../parts/phase';
import { Sparkline } from '../parts/sparkline';
import { Link } from '../router';
import { useSession } from '../session';

export function FleetPage() {
  const fleet = useFleet();
  const { fleet: store, identity } = useSession();
  const [search, setSearch] = useState('');
  const [phase, setPhase] = useState<ChainPhase | ''>('');
  const [archived, setArchived] = useState(false);
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const all = useMemo(
    () => [...fleet.chains.values()].sort((a, b) => a.name.localeCompare(b.name)),
    [fleet.chains],
  );
  const shown = all.filter(
    (chain) =>
      (archived || chain.status.phase !== 'Archived') &&
      (phase === '' || chain.status.phase === phase) &&
      (wanted === '' || matches(chain, wanted)),
  );
  const mayCreate = identity.role !== 'viewer';

  return (
    <>
      <div className="page-head">
        <h1>Fleet</h1>
        {mayCreate && (
          <Link to="/new" className="button button-primary">
            Create a chain
          </Link>
        )}
      </div>
      {fleet.error !== undefined && <ErrorNotice error={fleet.error} onRetry={store.reload} />}
      {!fleet.loaded && fleet.error === undefined && <Loading rows={5} what="the fleet" />}
      {fleet.loaded && all.length === 0 && (
        <Empty title="No chains yet.">
          <p>
            {mayCreate
              ? 'Create the first: it serves Ethereum JSON-RPC within a second or two.'
              : 'Nobody has created one that this key may see.'}
          </p>
        </Empty>
      )}
      {fleet.loaded && all.length > 0 && (
        <>
          <Summary chains={all} />
          <div className="toolbar">
            <input
              type="search"
              aria-label="Search chains"
              placeholder="Search by name, id or tenant"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            <select
              aria-label="Phase"
              value={phase}
              onChange={(event) => setPhase(event.target.value as ChainPhase | '')}
            >
              <option value="">Any phase</option>
              {PHASES.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
            <label className="check">
              <input
                type="checkbox"
                checked={archived}
                onChange={(event) => {
                  setArchived(event.target.checked);
                  if (event.target.checked) void store.loadArchived();
                }}
              />
              Archived too
            </label>
          </div>
          {shown.length === 0 ? (
            <Empty title="No chain matches." />
          ) : (
            <FleetTable chains={shown} tps={fleet.tps} />
          )}
        </>
      )}
    </>
  );
}

const PHASES: readonly ChainPhase[] = [
  'Running',
  'Sleeping',
  'Paused',
  'Provisioning',
  'Requested',
  'Draining',
  'Failed',
];

function matches(chain: Chain, wanted: string): boolean {
  return [chain.name, String(chain.chainId), chain.tenant ?? ''].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

function Summary({ chains }: { readonly chains: readonly Chain[] }) {
  const alive = chains.filter((chain) => chain.status.phase !== 'Archived');
  const running = alive.filter((chain) => chain.status.phase === 'Running').length;
  const sleeping = alive.filter((chain) => chain.status.phase === 'Sleeping').length;
  const failed = alive.filter((chain) => chain.status.phase === 'Failed').length;
  const tps = alive.reduce((sum, chain) => sum + (chain.status.live?.tps ?? 0), 0);
  const total = alive.reduce((sum, chain) => sum + (chain.status.live?.txTotal ?? 0), 0);
  return (
    <dl className="figures">
      <Figure name="chains" value={formatCount(alive.length)} />
      <Figure name="running" value={formatCount(running)} />
      {sleeping > 0 && <Figure name="sleeping" value={formatCount(sleeping)} />}
      {failed > 0 && <Figure name="failed" value={formatCount(failed)} bad />}
      <Figure name="transactions / s" value={formatRate(tps)} />
      <Figure name="transactions" value={formatCount(total)} />
      <Capacity />
    </dl>
  );
}

/** What of the host is promised: a chain that does not fit into the rest is refused. */
function Capacity() {
  const { client } = useSession();
  const load = useCallback(() => client.fleet(), [client]);
  const { value } = useResource(load, { everyMs: CAPACITY_EVERY_MS });
  if (value === undefined) return null;
  const { capacity, reserved } = value.capacity;
  const cores = (millis: number) => formatRate(millis / 1_000);
  return (
    <>
      <Figure
        name="cores promised"
        value={`${cores(reserved.cpuMillis)} of ${cores(capacity.cpuMillis)}`}
      />
      <Figure
        name="memory promised"
        value={`${formatBytes(reserved.memoryMb * 2 ** 20)} of ${formatBytes(capacity.memoryMb * 2 ** 20)}`}
      />
    </>
  );
}

const CAPACITY_EVERY_MS = 5_000;

function Figure(props: { readonly name: string; readonly value: string; readonly bad?: boolean }) {
  return (
    <div className={props.bad ? 'figure figure-bad' : 'figure'}>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

interface TableProps {
  readonly chains: readonly Chain[];
  readonly tps: FleetState['tps'];
}

function FleetTable({ chains, tps }: TableProps) {
  return (
    <div className="table-frame">
      <table className="table table-fleet">
        <thead>
          <tr>
            <th scope="col">Chain</th>
            <th scope="col">Phase</th>
            <th scope="col">Size</th>
            <th scope="col" className="number">
              Head
            </th>
            <th scope="col" className="number">
              Tx / s
            </th>
            <th
              scope="col"
              className="number"
              title="The newest block that is anchored on the root"
            >
              Safe
            </th>
            <th scope="col">Last anchor</th>
            <th scope="col">Trust</th>
            <th scope="col" className="number">
              Chain id
            </th>
          </tr>
        </thead>
        <tbody>
          {chains.map((chain) => (
            <Row key={chain.name} chain={chain} samples={tps.get(chain.name) ?? []} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ chain, samples }: { readonly chain: Chain; readonly samples: readonly number[] }) {
  const { name, status } = chain;
  const external = chain.spec.runtime === 'external';
  return (
    <tr>
      <th scope="row">
        <Link to={`/chains/${name}`} className="chain-link">
          <Flag name={name} /> {name}
        </Link>
      </th>
      <td data-label="Phase">
        <Phase phase={status.phase} />
      </td>
      <td data-label="Size">
        {external ? NOTHING : (chain.status.scale?.size ?? chain.spec.size)}
        {status.instances.length > 1 && <span className="muted"> × {status.instances.length}</span>}
      </td>
      <td data-label="Head" className="number">
        {status.head === null ? NOTHING : formatCount(status.head.number)}
      </td>
      <td data-label="Tx / s" className="number">
        <span className="rate">
          {samples.length > 1 && (
            <Sparkline samples={samples} label={`Transactions per second of ${name}`} />
          )}
          <span className="rate-figure">
            {status.live === null ? NOTHING : formatRate(status.live.tps)}
          </span>
        </span>
      </td>
      <td data-label="Safe" className="number">
        {status.safe === null ? NOTHING : formatCount(status.safe.number)}
      </td>
      <td data-label="Last anchor">
        {status.lastAnchor === null ? 'not yet' : <Ago at={status.lastAnchor.at} />}
      </td>
      <td data-label="Trust">
        <Trust trust={status.trust} />
      </td>
      <td data-label="Chain id" className="number">
        {chain.chainId ?? NOTHING}
      </td>
    </tr>
  );
}
