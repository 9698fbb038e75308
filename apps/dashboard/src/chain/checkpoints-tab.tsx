import type { Chain, CheckpointRecord } from '@flotilla/sdk';
import { useCallback, useState } from 'react';
import { formatCount, formatRange, NOTHING } from '../format';
import { useFleetEvents } from '../live/use-fleet';
import { usePages } from '../live/use-pages';
import { Hash } from '../parts/copy';
import { Field } from '../parts/field';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { useSession } from '../session';

const PAGE = 25;
const keyOf = (record: CheckpointRecord) => record.index;

const MEANING = {
  proposed: 'signed, not on the root yet',
  anchored: 'recorded on the root',
  final: 'recorded on the root for good',
} as const;

export function CheckpointsTab({ chain }: { readonly chain: Chain }) {
  const { client, identity } = useSession();
  const [version, setVersion] = useState(0);
  const load = useCallback(
    (limit: number, before: number | undefined) =>
      client.checkpoints.list(chain.name, { limit, before }),
    [client, chain.name],
  );
  const { items, error, refresh, loadOlder } = usePages(load, { pageSize: PAGE, keyOf, version });
  useFleetEvents((event) => {
    if (event.chain === chain.name && event.type.startsWith('checkpoint.')) {
      setVersion((count) => count + 1);
    }
  });
  const mayAnchor =
    identity.role !== 'viewer' &&
    chain.status.phase === 'Running' &&
    chain.spec.runtime === 'managed';

  return (
    <Proof chain={chain} mayAnchor={mayAnchor}>
      {(download, downloading) => {
        if (items === undefined) {
          return error === undefined ? (
            <Loading what="checkpoints" />
          ) : (
            <ErrorNotice error={error} onRetry={refresh} />
          );
        }
        if (items.length === 0) {
          return (
            <Empty title="No checkpoint yet.">
              <p className="muted">
                The first follows the first transaction; empty blocks alone are not anchored.
              </p>
            </Empty>
          );
        }
        return (
          <>
            <CheckpointTable records={items} download={download} downloading={downloading} />
            {loadOlder !== undefined && (
              <button type="button" className="button more-button" onClick={loadOlder}>
                Older ones
              </button>
            )}
          </>
        );
      }}
    </Proof>
  );
}

interface ProofProps {
  readonly chain: Chain;
  readonly mayAnchor: boolean;
  readonly children: (
    download: (index: number) => void,
    downloading: number | undefined,
  ) => React.ReactNode;
}

/** Which account the downloaded bundles prove, and anchoring by hand. */
function Proof({ chain, mayAnchor, children }: ProofProps) {
  const { client } = useSession();
  const [account, setAccount] = useState('');
  const [slot, setSlot] = useState('');
  const [downloading, setDownloading] = useState<number>();
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<Error>();
  const badAccount = account !== '' && !/^0x[0-9a-fA-F]{40}$/.test(account);

  const download = async (index: number) => {
    if (badAccount) return;
    setDownloading(index);
    setError(undefined);
    try {
      const bundle = await client.checkpoints.bundle(chain.name, index, {
        account: account || undefined,
        slot: (account && slot) || undefined,
      });
      save(bundle, `${chain.name}-${index}.bundle.json`);
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setDownloading(undefined);
    }
  };

  const anchor = async () => {
    setAsked(true);
    setError(undefined);
    try {
      await client.checkpoints.anchor(chain.name);
    } catch (reason) {
      setError(reason as Error);
    } finally {
      setTimeout(() => setAsked(false), 1_500);
    }
  };

  return (
    <>
      <div className="toolbar toolbar-fields">
        <Field
          label="Account to prove (optional)"
          error={badAccount ? '0x and 40 hex digits' : undefined}
        >
          {(control) => (
            <input
              {...control}
              className="mono wide"
              value={account}
              placeholder="0x…"
              spellCheck={false}
              onChange={(event) => setAccount(event.target.value.trim())}
            />
          )}
        </Field>
        <Field label="Storage slot">
          {(control) => (
            <input
              {...control}
              className="mono"
              value={slot}
              placeholder="0"
              disabled={account === ''}
              onChange={(event) => setSlot(event.target.value.trim())}
            />
          )}
        </Field>
        {mayAnchor && (
          <button type="button" className="button" disabled={asked} onClick={anchor}>
            {asked ? 'Asked for' : 'Anchor now'}
          </button>
        )}
      </div>
      {error !== undefined && <ErrorNotice error={error} />}
      {children(download, downloading)}
    </>
  );
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

interface TableProps {
  readonly records: readonly CheckpointRecord[];
  readonly download: (index: number) => void;
  readonly downloading: number | undefined;
}

function CheckpointTable({ records, download, downloading }: TableProps) {
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="number">
              Index
            </th>
            <th scope="col">Blocks</th>
            <th scope="col">Hash</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Root block
            </th>
            <th scope="col">Anchored</th>
            <th scope="col">Proof</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr key={record.index}>
              <th scope="row" className="number" data-label="Checkpoint">
                {record.index}
              </th>
              <td data-label="Blocks">{formatRange(record.firstBlock, record.lastBlock)}</td>
              <td data-label="Hash">
                <Hash value={record.hash} what="checkpoint hash" />
              </td>
              <td data-label="Status">
                <span className={`step step-${record.status}`} title={MEANING[record.status]}>
                  {record.status}
                </span>
              </td>
              <td data-label="Root block" className="number">
                {record.rootBlock === null ? NOTHING : formatCount(record.rootBlock.number)}
              </td>
              <td data-label="Anchored">
                {record.anchoredAt === null ? 'not yet' : <Ago at={record.anchoredAt} />}
              </td>
              <td data-label="Proof">
                <button
                  type="button"
                  className="button button-small"
                  disabled={record.status === 'proposed' || downloading !== undefined}
                  aria-label={`Download the bundle of checkpoint ${record.index}`}
                  onClick={() => download(record.index)}
                >
                  {downloading === record.index ? 'One moment…' : 'Bundle'}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
