import type { ChainPhase, ChainStatus } from '@flotilla/sdk';

const TONES: Readonly<Record<ChainPhase, 'good' | 'busy' | 'calm' | 'bad'>> = {
  Requested: 'busy',
  Provisioning: 'busy',
  Running: 'good',
  Sleeping: 'calm',
  Paused: 'calm',
  Draining: 'busy',
  Archived: 'calm',
  Failed: 'bad',
};

export function Phase({ phase }: { readonly phase: ChainPhase }) {
  return <span className={`phase phase-${TONES[phase] ?? 'calm'}`}>{phase}</span>;
}

const TRUST = {
  'operator-signed': {
    words: 'operator-signed',
    meaning:
      'Checkpoints are signed by the operator alone: a reader trusts the operator for the state.',
  },
  'external-committee': {
    words: 'signed by its own committee',
    meaning:
      'The chain runs elsewhere. Checkpoints are signed by the committee that it was registered with: a reader trusts its quorum.',
  },
} as const;

/** Whom a reader of the chain trusts, in plain words. */
export function Trust({ trust }: { readonly trust: ChainStatus['trust'] }) {
  const { words, meaning } = TRUST[trust] ?? { words: trust, meaning: '' };
  return (
    <span className="trust" title={meaning}>
      {words}
    </span>
  );
}
