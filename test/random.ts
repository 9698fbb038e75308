/** Repeats a run; said by every test that draws. */
export const seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31);

/** Numbers from 0 to 1, the same ones for the same start (a linear congruential generator). */
export function seeded(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
