import { keccak256 } from '@flotilla/common';
import { slotHash } from './slot-hashes.js';
import { loadWordPadded } from './word-bytes.js';

describe('slotHash', () => {
  it('is the hash, known or not, also after others took its place', () => {
    const bytes = new Uint8Array(96);
    const view = new DataView(bytes.buffer);
    for (let round = 0; round < 2; round++) {
      for (let key = 0; key < 5_000; key++) {
        view.setUint32(32 + (key % 16) * 4, key * 0x1_0001);
        const expected = loadWordPadded(keccak256(bytes.subarray(32)), 0, 32);
        expect(slotHash(view, 32)).toBe(expected);
        expect(slotHash(view, 32)).toBe(expected);
      }
    }
  });
});
