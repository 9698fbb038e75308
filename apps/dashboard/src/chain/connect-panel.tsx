import type { Chain } from '@flotilla/sdk';
import { useState } from 'react';
import { CopyButton } from '../parts/copy';

interface Wallet {
  request(call: { method: string; params: unknown[] }): Promise<unknown>;
}

const wallet = () => (window as { ethereum?: Wallet }).ethereum;

/** How to reach the chain, for programs and for wallets. */
export function ConnectPanel({ chain }: { readonly chain: Chain }) {
  const { rpcUrl, wsUrl } = chain.status;
  const { chainId } = chain;
  if (rpcUrl === null || chainId === null) {
    return (
      <section className="panel" aria-label="Connect">
        <h2>Connect</h2>
        <p className="muted">The URL appears as soon as the chain serves RPC.</p>
      </section>
    );
  }
  return (
    <section className="panel" aria-label="Connect">
      <h2>Connect</h2>
      <dl className="facts">
        <dt>RPC URL</dt>
        <dd>
          <code>{rpcUrl}</code> <CopyButton text={rpcUrl} what="RPC URL" />
        </dd>
        {wsUrl !== null && (
          <>
            <dt>WebSocket</dt>
            <dd>
              <code>{wsUrl}</code> <CopyButton text={wsUrl} what="WebSocket URL" />
            </dd>
          </>
        )}
        <dt>Chain id</dt>
        <dd>
          <code>{chainId}</code> <span className="muted">0x{chainId.toString(16)}</span>{' '}
          <CopyButton text={String(chainId)} what="chain id" />
        </dd>
        <dt>Currency</dt>
        <dd>
          {chain.spec.token.symbol}
          {chain.spec.token.name !== undefined && (
            <span className="muted"> {chain.spec.token.name}</span>
          )}
        </dd>
      </dl>
      {chain.spec.access === 'keys' && (
        <p className="muted">
          It wants a key: <code>Authorization: Bearer …</code>, or at the end of the URL,{' '}
          <code>{rpcUrl}/…</code>. An <code>rpc</code> key is good for that and nothing else.
        </p>
      )}
      <WalletHelp chain={chain} rpcUrl={rpcUrl} chainId={chainId} />
    </section>
  );
}

interface WalletProps {
  readonly chain: Chain;
  readonly rpcUrl: string;
  readonly chainId: number;
}

function WalletHelp({ chain, rpcUrl, chainId }: WalletProps) {
  const [answer, setAnswer] = useState<string>();
  const found = wallet();
  const { symbol, name = symbol, decimals } = chain.spec.token;

  const add = async () => {
    try {
      // EIP-3085
      await found?.request({
        method: 'wallet_addEthereumChain',
        params: [
          {
            chainId: `0x${chainId.toString(16)}`,
            chainName: chain.name,
            rpcUrls: [rpcUrl],
            nativeCurrency: { name, symbol, decimals },
          },
        ],
      });
      setAnswer('Added.');
    } catch (reason) {
      setAnswer((reason as Error).message);
    }
  };

  return (
    <details className="more">
      <summary>Add to a wallet</summary>
      {found === undefined ? (
        <p className="muted">
          In MetaMask: Networks → Add a custom network. Enter the RPC URL, the chain id{' '}
          <strong>{chainId}</strong> and the symbol <strong>{symbol}</strong>, with any name you
          like.
        </p>
      ) : (
        <p>
          <button type="button" className="button" onClick={add}>
            Add {chain.name} to your wallet
          </button>{' '}
          <span role="status">{answer}</span>
        </p>
      )}
    </details>
  );
}
