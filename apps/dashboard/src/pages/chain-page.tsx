import type { Chain } from '@flotilla/sdk';
import { useCallback, useEffect, useState } from 'react';
import { BlocksTab } from '../chain/blocks-tab';
import { ChainActions } from '../chain/chain-actions';
import { CheckpointsTab } from '../chain/checkpoints-tab';
import { ConnectPanel } from '../chain/connect-panel';
import { EventsTab } from '../chain/events-tab';
import { FinalityLine } from '../chain/finality-line';
import { InstancesPanel } from '../chain/instances-panel';
import { LogsTab } from '../chain/logs-tab';
import { SettingsTab } from '../chain/settings-tab';
import { TransactionsTab } from '../chain/transactions-tab';
import { formatAge, formatBytes, formatCount, formatRate, NOTHING } from '../format';
import { useChain, useFleet } from '../live/use-fleet';
import { Flag } from '../parts/flag';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { Phase, Trust } from '../parts/phase';
import { Sparkline } from '../parts/sparkline';
import { Link } from '../router';
import { useSession } from '../session';

const TABS = [
  { id: 'blocks', title: 'Blocks', Tab: BlocksTab },
  { id: 'transactions', title: 'Transactions', Tab: TransactionsTab },
  { id: 'checkpoints', title: 'Checkpoints', Tab: CheckpointsTab },
  { id: 'settings', title: 'Settings', Tab: SettingsTab },
  { id: 'events', title: 'Events', Tab: EventsTab },
  { id: 'logs', title: 'Logs', Tab: LogsTab },
] as const;

interface Props {
  readonly name: string;
  readonly tab: string;
}

export function ChainPage({ name, tab }: Props) {
  const { loaded } = useFleet();
  const chain = useChain(name);
  const error = useMissingChain(name, loaded && chain === undefined);
  if (chain !== undefined) return <KnownChain chain={chain} tab={tab} />;
  if (error !== undefined) {
    return (
      <Empty title={`There is no chain “${name}”, or this key may not see it.`}>
        <ErrorNotice error={error} />
        <Link to="/">Back to the fleet</Link>
      </Empty>
    );
  }
  return <Loading rows={6} what={name} />;
}

/** A chain that the list doesn't hold may be a moment old: ask for it once. */
function useMissingChain(name: string, missing: boolean): Error | undefined {
  const { client, fleet } = useSession();
  const [error, setError] = useState<Error>();
  const load = useCallback(
    () => client.chains.get(name).then((chain) => fleet.put(chain), setError),
    [client, fleet, name],
  );
  useEffect(() => {
    if (missing) void load();
  }, [missing, load]);
  return error;
}

function KnownChain({ chain, tab }: { readonly chain: Chain; readonly tab: string }) {
  const { name, status } = chain;
  const current = TABS.find(({ id }) => id === tab) ?? TABS[0];
  const external = chain.spec.runtime === 'external';
  const shown = external ? TABS.filter(({ id }) => id === 'checkpoints' || id === 'events') : TABS;
  const { Tab } = shown.includes(current) ? current : shown[0];
  return (
    <>
      <nav className="crumbs" aria-label="Breadcrumb">
        <Link to="/">Fleet</Link> <span aria-hidden="true">/</span> {name}
      </nav>
      <div className="page-head">
        <h1 className="chain-title">
          <Flag name={name} size={34} /> {name}
        </h1>
        <div className="chain-state">
          <Phase phase={status.phase} />
          <Trust trust={status.trust} />
          {!external && (
            <span className="muted">
              {status.scale?.size ?? chain.spec.size}
              {status.scale?.size !== undefined && ` (${chain.spec.size}, grown under load)`}
              {chain.spec.limits !== undefined && ', with limits of its own'}
            </span>
          )}
        </div>
        <ChainActions chain={chain} />
      </div>
      {status.failure !== null && (
        <div className="notice notice-bad" role="alert">
          <p>
            {status.failure.message} <code>{status.failure.code}</code>
          </p>
        </div>
      )}
      <Conditions chain={chain} />
      {status.asleepSince !== null && (
        <div className="notice" role="status">
          <p>
            It fell asleep <Ago at={status.asleepSince} />: no process, no memory, all of its state.
            The first request to its URL wakes it and is answered.
          </p>
        </div>
      )}
      {!external && <Figures chain={chain} />}
      <div className="panels">
        <FinalityLine chain={chain} />
        {!external && <ConnectPanel chain={chain} />}
      </div>
      {!external && <InstancesPanel chain={chain} />}
      <nav className="tabs" aria-label={`About ${name}`}>
        {shown.map(({ id, title }) => (
          <Link
            key={id}
            to={`/chains/${name}/${id}`}
            aria-current={TABS.find((t) => t.Tab === Tab)?.id === id ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      <Tab chain={chain} />
    </>
  );
}

/** Conditions that a reader should know of; what is as it should be is on the events tab. */
function Conditions({ chain }: { readonly chain: Chain }) {
  const { conditions, phase } = chain.status;
  if (phase === 'Archived') return null;
  const worrying = conditions.filter(({ type, status }) =>
    type === 'Registered' || type === 'Healthy'
      ? !status && (phase === 'Running' || phase === 'Failed')
      : status,
  );
  return worrying.map((condition) => (
    <div key={condition.type} className="notice notice-warn" role="status">
      <p>
        <strong>{condition.type}</strong> {condition.message} <code>{condition.reason}</code>{' '}
        <Ago at={condition.lastTransitionAt} />
      </p>
    </div>
  ));
}

function Figures({ chain }: { readonly chain: Chain }) {
  const { status } = chain;
  const { live } = status;
  const limits = status.limits.host;
  const samples = useFleet().tps.get(chain.name) ?? [];
  return (
    <dl className="figures">
      <div className="figure">
        <dt>head</dt>
        <dd>{status.head === null ? NOTHING : formatCount(status.head.number)}</dd>
      </div>
      <div className="figure figure-wide">
        <dt>transactions / s</dt>
        <dd className="rate">
          {live === null ? NOTHING : formatRate(live.tps)}
          {samples.length > 1 && (
            <Sparkline
              samples={samples}
              width={120}
              height={28}
              label="Transactions per second, the last minute"
            />
          )}
        </dd>
      </div>
      <div className="figure">
        <dt>transactions</dt>
        <dd>{live === null ? NOTHING : formatCount(live.txTotal)}</dd>
      </div>
      <div className="figure">
        <dt>txpool</dt>
        <dd>
          {live === null ? (
            NOTHING
          ) : (
            <>
              {formatCount(live.txpool.pending)}
              {live.txpool.queued > 0 && <small> + {formatCount(live.txpool.queued)} queued</small>}
            </>
          )}
        </dd>
      </div>
      <div className="figure">
        <dt>idle</dt>
        <dd>{live?.idleMs == null ? NOTHING : formatAge(live.idleMs)}</dd>
      </div>
      <Use name="processor" limit={limits.cpuPercent === null ? null : `${limits.cpuPercent} %`}>
        {live === null ? NOTHING : `${formatRate(live.cpuPercent)} %`}
      </Use>
      <Use name="memory" limit={megabytes(limits.memoryMb)}>
        {live === null ? NOTHING : formatBytes(live.rssBytes)}
      </Use>
      <Use name="disk" limit={megabytes(limits.diskMb)}>
        {live?.diskBytes == null ? NOTHING : formatBytes(live.diskBytes)}
      </Use>
      <LimitsMet hits={live?.limitHits ?? {}} />
    </dl>
  );
}

const megabytes = (mb: number | null) => (mb === null ? null : formatBytes(mb * 2 ** 20));

/** What it takes, beside the most that it may take. */
function Use(props: {
  readonly name: string;
  readonly limit: string | null;
  readonly children: string;
}) {
  return (
    <div className="figure">
      <dt>{props.name}</dt>
      <dd>
        {props.children}
        {props.limit !== null && <small> of {props.limit}</small>}
      </dd>
    </div>
  );
}

function LimitsMet({ hits }: { readonly hits: Readonly<Record<string, number>> }) {
  const met = Object.entries(hits);
  if (met.length === 0) return null;
  return (
    <div className="figure">
      <dt>limits met</dt>
      <dd>
        <small>{met.map(([limit, times]) => `${limit} ${formatCount(times)}×`).join(', ')}</small>
      </dd>
    </div>
  );
}
