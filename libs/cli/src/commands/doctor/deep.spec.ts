import { summaryOf } from './deep.js';

describe('the summary of a sound chain', () => {
  const audit = { blocks: 4, transactions: 3, accounts: 12, slots: 1, trieNodes: 9 };

  it('counts what was read', () => {
    expect(summaryOf({ ...audit, pastStates: 4 })).toBe(
      '4 blocks, 3 transactions, 12 accounts, 1 slots, 9 trie nodes, 4 past states',
    );
  });

  it('says that past states of a chain that was tampered with were not checked', () => {
    expect(summaryOf({ ...audit, pastStates: undefined })).toMatch(
      /, past states not checked: the chain was tampered with$/,
    );
  });
});
