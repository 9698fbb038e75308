let next = 7_800_001;

/** Of a chain of this run; never the same twice. */
export const nextChainId = () => next++;
