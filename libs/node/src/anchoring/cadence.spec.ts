import { type CadenceFacts, isCheckpointDue } from './cadence.js';

const options = { everyBlocks: 100, everyMs: 60_000 };
const facts: CadenceFacts = {
  now: 1_000_000,
  head: 10,
  lastAnchored: 5,
  newTransactions: 3,
  lastProposedAt: 990_000,
  requestedUpTo: -1,
};
const due = (changes: Partial<CadenceFacts>) => isCheckpointDue(options, { ...facts, ...changes });

describe('isCheckpointDue', () => {
  it('waits for its interval', () => {
    expect(due({})).toBe(false);
    expect(due({ lastProposedAt: 940_001 })).toBe(false);
    expect(due({ lastProposedAt: 940_000 })).toBe(true);
  });

  it('anchors the first activity at once', () => {
    expect(due({ lastProposedAt: undefined })).toBe(true);
  });

  it('anchors every so many blocks', () => {
    expect(due({ head: 104 })).toBe(false);
    expect(due({ head: 105 })).toBe(true);
  });

  it('sends nothing for an idle chain, empty blocks or not', () => {
    expect(due({ head: 5, lastProposedAt: undefined })).toBe(false);
    expect(due({ head: 500, newTransactions: 0, lastProposedAt: undefined })).toBe(false);
  });

  it('anchors empty blocks when asked to', () => {
    expect(due({ newTransactions: 0, requestedUpTo: 10 })).toBe(true);
    expect(due({ newTransactions: 0, requestedUpTo: 5 })).toBe(false);
    expect(due({ head: 5, requestedUpTo: 10 })).toBe(false);
  });
});
