import type { ChainPhase } from '@flotilla/sdk';
import { Empty } from '../parts/notice';

const WAY_ON: Readonly<Partial<Record<ChainPhase, string>>> = {
  Requested: 'They appear here as soon as it serves.',
  Provisioning: 'They appear here as soon as it serves.',
  Sleeping:
    'Looking at this page does not wake it. The first request to its URL does, or Wake above.',
  Paused: 'Nothing is lost: Resume brings it back.',
  Failed: 'What went wrong is said above, and in its log.',
  Archived: 'Its data is in the archive, its checkpoints stay on the root.',
};

/** In the place of what only the chain's own process can tell. */
export function NotServing({ phase }: { readonly phase: ChainPhase }) {
  return (
    <Empty title={`Nothing to see while the chain is ${phase}.`}>
      {WAY_ON[phase] !== undefined && <p className="muted">{WAY_ON[phase]}</p>}
    </Empty>
  );
}
