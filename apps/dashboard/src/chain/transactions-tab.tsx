import type { Chain } from '@flotilla/sdk';
import { useCallback } from 'react';
import { formatCoins, formatCount } from '../format';
import { useResource } from '../live/use-resource';
import { Hash } from '../parts/copy';
import { Empty, ErrorNotice, Loading } from '../parts/notice';
import { Ago } from '../parts/now';
import { useSession } from '../session';
import { NotServing } from './not-serving';

const SHOWN = 25;

export function TransactionsTab({ chain }: { readonly chain: Chain }) {
  const { client } = useSession();
  const load = useCallback(
    () => client.chains.transactions(chain.name, SHOWN),
    [client, chain.name],
  );
  const { value, error, refresh } = useResource(load, {
    version: `${chain.status.phase} ${chain.status.head?.hash}`,
  });
  if (value === undefined) {
    if (error === undefined) return <Loading what="transactions" />;
    if (chain.status.phase === 'Running') return <ErrorNotice error={error} onRetry={refresh} />;
    return <NotServing phase={chain.status.phase} />;
  }
  if (value.length === 0) {
    return (
      <Empty title="No transaction yet.">
        <p className="muted">Point a wallet or a script at the RPC URL above and send one.</p>
      </Empty>
    );
  }
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Transaction</th>
            <th scope="col" className="number">
              Block
            </th>
            <th scope="col">Sealed</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" className="number">
              {chain.spec.token.symbol}
            </th>
            <th scope="col" className="number">
              Gas
            </th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {value.map((tx) => (
            <tr key={tx.hash}>
              <th scope="row">
                <Hash value={tx.hash} what="transaction hash" />
              </th>
              <td data-label="Block" className="number">
                {formatCount(tx.blockNumber)}
              </td>
              <td data-label="Sealed">
                <Ago at={tx.blockTimestamp} />
              </td>
              <td data-label="From">
                <Hash value={tx.from} what="sender" />
              </td>
              <td data-label="To">
                {tx.to !== null && <Hash value={tx.to} what="recipient" />}
                {tx.to === null && tx.createdAddress !== null && (
                  <>
                    <span className="muted">new </span>
                    <Hash value={tx.createdAddress} what="new contract" />
                  </>
                )}
                {tx.to === null && tx.createdAddress === null && (
                  <span className="muted">no contract created</span>
                )}
              </td>
              <td data-label={chain.spec.token.symbol} className="number">
                {formatCoins(tx.value)}
              </td>
              <td data-label="Gas" className="number">
                {formatCount(tx.gasUsed)}
              </td>
              <td data-label="Result">
                <span className={tx.status === 'success' ? 'mark-good' : 'mark-bad'}>
                  {tx.status}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
