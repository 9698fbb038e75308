import { planLanes } from './lanes.js';

describe('lanes', () => {
  it('gives every connection the same work and every sender one connection', () => {
    const lanes = planLanes(1_003, 50, 16);
    expect(lanes).toHaveLength(16);
    expect(new Set(lanes.map((lane) => lane.transactions))).toEqual(new Set([63, 62]));
    expect(lanes.reduce((sum, lane) => sum + lane.transactions, 0)).toBe(1_003);
    const senders = lanes.flatMap((lane) => lane.senders).sort((a, b) => a - b);
    expect(senders).toEqual(Array.from({ length: 50 }, (_, sender) => sender));
  });

  it('has no connection without a sender', () => {
    expect(planLanes(10, 2, 16)).toHaveLength(2);
  });
});
