import type { Chain } from '@flotilla/sdk';
import { useCallback } from 'react';
import { formatCount } from '../format';
import { useResource } from '../live/use-resource';
import { Hash } from '../parts/copy';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { useSession } from '../session';
import { NotServing } from './not-serving';

const SHOWN = 25;

export function BlocksTab({ chain }: { readonly chain: Chain }) {
  const { client } = useSession();
  const load = useCallback(() => client.chains.blocks(chain.name, SHOWN), [client, chain.name]);
  const { value, error, refresh } = useResource(load, {
    version: `${chain.status.phase} ${chain.status.head?.hash}`,
  });
  if (value === undefined) {
    if (error === undefined) return <Loading what="blocks" />;
    if (chain.status.phase === 'Running') return <ErrorNotice error={error} onRetry={refresh} />;
    return <NotServing phase={chain.status.phase} />;
  }
  if (value.length === 0) return <Empty title="No block yet." />;
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col" className="number">
              Block
            </th>
            <th scope="col">Hash</th>
            <th scope="col">Sealed</th>
            <th scope="col" className="number">
              Transactions
            </th>
            <th scope="col">Gas used</th>
          </tr>
        </thead>
        <tbody>
          {value.map((block) => (
            <tr key={block.hash}>
              <th scope="row" className="number" data-label="Block">
                {formatCount(block.number)}
              </th>
              <td data-label="Hash">
                <Hash value={block.hash} what="block hash" />
              </td>
              <td data-label="Sealed">
                {block.number === 0 ? 'genesis' : <Ago at={block.timestamp} />}
              </td>
              <td data-label="Transactions" className="number">
                {formatCount(block.transactionCount)}
              </td>
              <td data-label="Gas used">
                <Gas used={block.gasUsed} limit={block.gasLimit} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Gas({ used, limit }: { readonly used: number; readonly limit: number }) {
  const share = limit === 0 ? 0 : used / limit;
  return (
    <span className="gas" title={`${formatCount(used)} of ${formatCount(limit)}`}>
      <span className="gas-bar">
        <span style={{ width: `${Math.min(100, share * 100)}%` }} />
      </span>
      {formatCount(used)}
    </span>
  );
}
