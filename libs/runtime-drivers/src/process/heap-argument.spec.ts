import { heapArgument } from './heap-argument.js';

const UNLIMITED = { cpuPercent: null, cpuWeight: 100, pids: null, ioWeight: 100 };

it("bounds every node's heap, whatever its size", () => {
  const bound = heapArgument();
  expect(bound).toMatch(/^--max-old-space-size=\d+$/);
  for (const memoryMb of [null, 512, 8_192]) {
    expect(heapArgument({ ...UNLIMITED, memoryMb })).toBe(bound);
  }
});

it('leaves room for the rest of a process that may have little', () => {
  expect(heapArgument({ ...UNLIMITED, memoryMb: 128 })).toBe('--max-old-space-size=77');
});
