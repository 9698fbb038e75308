import type { Chain, EventRecord } from '@flotilla/sdk';
import { useCallback, useState } from 'react';
import { shortHash } from '../format';
import { useFleetEvents } from '../live/use-fleet';
import { usePages } from '../live/use-pages';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { useSession } from '../session';

const PAGE = 50;
const keyOf = (event: EventRecord) => event.id;

export function EventsTab({ chain }: { readonly chain: Chain }) {
  return (
    <>
      <ConditionTable chain={chain} />
      <EventList chain={chain} />
    </>
  );
}

function ConditionTable({ chain }: { readonly chain: Chain }) {
  const { conditions } = chain.status;
  if (conditions.length === 0) return null;
  return (
    <div className="table-frame">
      <table className="table">
        <caption>Conditions</caption>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col">Status</th>
            <th scope="col">Since</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {conditions.map((condition) => (
            <tr key={condition.type}>
              <th scope="row">{condition.type}</th>
              <td data-label="Status">{condition.status ? 'yes' : 'no'}</td>
              <td data-label="Since">
                <Ago at={condition.lastTransitionAt} />
              </td>
              <td data-label="Why">
                {condition.message} {condition.reason !== '' && <code>{condition.reason}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function EventList({ chain }: { readonly chain: Chain }) {
  const { client } = useSession();
  const [version, setVersion] = useState(0);
  const load = useCallback(
    (limit: number, before: string | undefined) =>
      client.chains.events(chain.name, { limit, before }),
    [client, chain.name],
  );
  const { items, error, refresh, loadOlder } = usePages(load, { pageSize: PAGE, keyOf, version });
  useFleetEvents((event) => {
    if (event.chain === chain.name && event.type !== 'chain.head') setVersion((count) => count + 1);
  });
  if (items === undefined) {
    return error === undefined ? (
      <Loading what="events" />
    ) : (
      <ErrorNotice error={error} onRetry={refresh} />
    );
  }
  if (items.length === 0) return <Empty title="Nothing has happened yet." />;
  return (
    <>
      <ol className="events">
        {items.map((event) => (
          <li key={event.id}>
            <span className="event-at">
              <Ago at={event.at} />
            </span>
            <span className="event-type">{event.type}</span>
            <span className="event-data">{summarize(event)}</span>
          </li>
        ))}
      </ol>
      {loadOlder !== undefined && (
        <button type="button" className="button more-button" onClick={loadOlder}>
          Older ones
        </button>
      )}
    </>
  );
}

const isHash = (value: unknown): value is string =>
  typeof value === 'string' && /^0x[0-9a-f]{40,}$/.test(value);

/** The event's own fields, short enough for a line. */
function summarize({ data }: EventRecord): string {
  if (typeof data !== 'object' || data === null) return '';
  return Object.entries(data)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name} ${isHash(value) ? shortHash(value) : value}`)
    .join(' · ');
}
