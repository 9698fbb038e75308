import type { Chain } from '@flotilla/sdk';
import { formatCount } from '../format';
import { Ago } from '../parts/now';

/** How deep a block lies: sealed by the chain, anchored on the root, final there. */
export function FinalityLine({ chain }: { readonly chain: Chain }) {
  const { head, safe, finalized, lastAnchor } = chain.status;
  const behind = head === null ? undefined : head.number - (safe?.number ?? 0);
  const external = chain.spec.runtime === 'external';
  const steps = [
    { name: 'latest', block: head?.number, meaning: 'sealed by the chain', here: !external },
    { name: 'safe', block: safe?.number, meaning: 'anchored on the root', here: true },
    { name: 'finalized', block: finalized?.number, meaning: 'final on the root', here: true },
  ].filter(({ here }) => here);
  return (
    <section className="panel" aria-label="Anchoring">
      <h2>Anchoring</h2>
      <ol className="depths">
        {steps.map(({ name, block, meaning }) => (
          <li key={name} className={`depth depth-${name}`}>
            <span className="depth-name">{name}</span>
            <span className="depth-block">
              {block === undefined ? 'none yet' : formatCount(block)}
            </span>
            <span className="depth-meaning">{meaning}</span>
          </li>
        ))}
      </ol>
      <p className="muted">
        {lastAnchor === null ? (
          'Nothing is anchored yet: the first checkpoint follows the first transaction.'
        ) : (
          <>
            Checkpoint {lastAnchor.index} was anchored <Ago at={lastAnchor.at} />
            {behind === undefined
              ? '.'
              : behind > 0
                ? `; ${formatCount(behind)} ${behind === 1 ? 'block waits' : 'blocks wait'} for the next.`
                : '; nothing waits.'}
          </>
        )}
      </p>
    </section>
  );
}
