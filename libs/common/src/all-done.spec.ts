import { allDone } from './all-done.js';

it('gives the values in order', async () => {
  expect(await allDone([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('fails only when all have ended', async () => {
  let isOver = false;
  const slow = new Promise<void>((resolve) => setTimeout(resolve, 10)).then(() => {
    isOver = true;
  });
  await expect(allDone([Promise.reject(new TypeError('no')), slow])).rejects.toThrow(TypeError);
  expect(isOver).toBe(true);
});
