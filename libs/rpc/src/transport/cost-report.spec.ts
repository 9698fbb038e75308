import { CostReport } from './cost-report.js';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function peer() {
  const told: string[] = [];
  let close = () => {};
  const state = {
    OPEN: 1,
    readyState: 1,
    pong: (data: string) => void told.push(data),
    once: (_event: 'close', listener: () => void) => {
      close = listener;
    },
  };
  return { state, told, close: () => close() };
}

it('tells costs that come together as one sum, each once', async () => {
  const { state, told } = peer();
  const report = new CostReport(state);
  report.add(1_000);
  report.add(234);
  expect(told).toEqual([]);
  await wait(80);
  expect(told).toEqual(['flotilla:cost:1234']);
  report.add(5);
  await wait(80);
  expect(told).toEqual(['flotilla:cost:1234', 'flotilla:cost:5']);
});

it('tells nobody who has gone', async () => {
  const { state, told, close } = peer();
  const report = new CostReport(state);
  report.add(1);
  close();
  await wait(80);
  const closing = peer();
  new CostReport(closing.state).add(1);
  closing.state.readyState = 2;
  await wait(80);
  expect([...told, ...closing.told]).toEqual([]);
});
