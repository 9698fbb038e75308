import { Turns } from './turns.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('lets one go on in each turn of the event loop, in their order', async () => {
  const turns = new Turns();
  const gone: number[] = [];
  for (const who of [1, 2, 3]) void turns.next().then(() => gone.push(who));
  const seen: number[] = [];
  for (let i = 0; i < 3; i++) {
    await turn();
    seen.push(gone.length);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(gone).toEqual([1, 2, 3]);
  void turns.next().then(() => gone.push(4));
  await turn();
  expect(gone).toEqual([1, 2, 3, 4]);
});
