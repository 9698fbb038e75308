import { type ChainSpecInput, chainSpecSchema } from '../spec/chain-spec.schema.js';
import { type ChainSize, SIZES } from '../spec/sizes.js';
import { INITIAL_STATUS } from '../status/chain-status.js';
import { chainLimits, sizeOf, sizesOf } from './chain-size.js';

const chain = (input: ChainSpecInput, size?: ChainSize) => ({
  spec: chainSpecSchema.parse(input),
  status: { ...INITIAL_STATUS, scale: { replicas: 0, ...(size && { size }) } },
});

describe('the size that a chain has', () => {
  it('is its owner`s, until it has grown', () => {
    expect(sizeOf({ ...chain({ size: 'medium' }), status: INITIAL_STATUS })).toBe('medium');
    expect(sizeOf(chain({ size: 'medium', scale: { maxSize: 'large' } }))).toBe('medium');
    const grown = chain({ scale: { maxSize: 'large' } }, 'medium');
    expect(sizeOf(grown)).toBe('medium');
    expect(chainLimits(grown)).toEqual(SIZES.medium);
  });

  it('stays between its owner`s size and the largest allowed, whatever it had grown to', () => {
    expect(sizeOf(chain({ size: 'large', scale: { maxSize: 'large' } }, 'medium'))).toBe('large');
    expect(sizeOf(chain({ scale: { maxSize: 'medium' } }, 'large'))).toBe('medium');
    expect(sizeOf(chain({}, 'large'))).toBe('small');
  });

  it('may become any up to the largest', () => {
    expect(sizesOf(chain({ scale: { maxSize: 'large' } }))).toEqual(['small', 'medium', 'large']);
    expect(sizesOf(chain({ size: 'medium' }))).toEqual(['medium']);
  });
});
