import { InFlightWindow } from './in-flight-window.js';

function senders(window: InFlightWindow, count: number, size: number): number[] {
  const gone: number[] = [];
  for (let i = 0; i < count; i++) void window.admit(size).then(() => gone.push(i));
  return gone;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the window of transactions in flight', () => {
  it('holds back what exceeds it, and lets go in order as blocks are mined', async () => {
    const window = new InFlightWindow(100);
    const gone = senders(window, 5, 40);
    await settled();
    expect(gone).toEqual([0, 1]);
    window.release(19);
    await settled();
    expect(gone).toEqual([0, 1]);
    window.release(1);
    await settled();
    expect(gone).toEqual([0, 1, 2]);
    window.release(80);
    await settled();
    expect(gone).toEqual([0, 1, 2, 3, 4]);
  });

  it('holds nobody back when it is closed', async () => {
    const window = new InFlightWindow(10);
    const gone = senders(window, 3, 10);
    window.close();
    await settled();
    expect(gone).toEqual([0, 1, 2]);
  });
});
