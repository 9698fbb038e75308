import type { AuditRecord } from '@flotilla/sdk';
import { useCallback, useState } from 'react';
import { NOTHING } from '../format';
import { usePages } from '../live/use-pages';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { useSession } from '../session';

const PAGE = 100;
const EVERY_MS = 5_000;
const keyOf = (entry: AuditRecord) => entry.id;

export function AuditPage() {
  const { client } = useSession();
  const load = useCallback(
    (limit: number, before: string | undefined) => client.audit({ limit, before }),
    [client],
  );
  const { items, error, refresh, loadOlder } = usePages(load, {
    pageSize: PAGE,
    keyOf,
    everyMs: EVERY_MS,
  });
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const shown = items?.filter((entry) =>
    [entry.path, entry.method, entry.tenant, entry.code, entry.keyId, entry.remote].some((text) =>
      text?.toLowerCase().includes(wanted),
    ),
  );

  return (
    <>
      <div className="page-head">
        <h1>Audit</h1>
      </div>
      <div className="toolbar">
        <input
          type="search"
          aria-label="Search the audit log"
          placeholder="Search by path, key, tenant, code"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="muted">Every call with a key that could change something.</span>
      </div>
      {error !== undefined && <ErrorNotice error={error} onRetry={refresh} />}
      {shown === undefined && error === undefined && <Loading rows={8} what="the audit log" />}
      {shown?.length === 0 && <Empty title="Nothing matches." />}
      {shown !== undefined && shown.length > 0 && (
        <div className="table-frame">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Request</th>
                <th scope="col">Answer</th>
                <th scope="col">Tenant</th>
                <th scope="col">Key</th>
                <th scope="col">From</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <tr key={entry.id}>
                  <td data-label="When">
                    <Ago at={entry.at} />
                  </td>
                  <th scope="row">
                    <code>
                      {entry.method} {entry.path}
                    </code>
                  </th>
                  <td data-label="Answer">
                    <span className={entry.status < 400 ? 'mark-good' : 'mark-bad'}>
                      {entry.status}
                    </span>{' '}
                    {entry.code !== null && <code>{entry.code}</code>}
                  </td>
                  <td data-label="Tenant">{entry.tenant ?? NOTHING}</td>
                  <td data-label="Key" title={entry.keyId ?? undefined}>
                    {entry.keyId?.slice(0, 8) ?? NOTHING}
                  </td>
                  <td data-label="From">{entry.remote ?? NOTHING}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {loadOlder !== undefined && (
        <button type="button" className="button more-button" onClick={loadOlder}>
          Older ones
        </button>
      )}
    </>
  );
}
