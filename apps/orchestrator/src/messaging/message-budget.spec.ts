import { silentLogger } from '@flotilla/common';
import { chainSpecSchema, INITIAL_STATUS } from '@flotilla/orchestration';
import { SimulatedClock } from '@flotilla/testing';
import { MessageBudget, type MessageBudgetModules } from './message-budget.js';

function budget(messagesPerSecond: number | 'none') {
  const clock = new SimulatedClock();
  const chains = new Map([
    ['loud', chainSpecSchema.parse({ limits: { nats: { messagesPerSecond } } })],
    ['quiet', chainSpecSchema.parse({})],
  ]);
  const directory = {
    peek: (name: string) =>
      chains.has(name) ? { spec: chains.get(name), status: INITIAL_STATUS } : undefined,
  } as unknown as MessageBudgetModules['directory'];
  const subject = new MessageBudget({ directory, clock, logger: silentLogger });
  const flood = (count: number) =>
    Array.from({ length: count }, () => subject.takes('loud')).filter(Boolean).length;
  return { chains, clock, flood, subject };
}

describe('MessageBudget', () => {
  it('takes a chain`s rate, and no other chain pays for its flood', async () => {
    const { clock, flood, subject } = budget(10);
    expect(flood(1_000)).toBe(50);
    expect(subject.takes('quiet')).toBe(true);
    await clock.advance(1_000);
    expect(flood(1_000)).toBe(10);
  });

  it('follows a change of the spec', () => {
    const { chains, flood } = budget(10);
    expect(flood(100)).toBe(50);
    const limits = { nats: { messagesPerSecond: 'none' as const } };
    chains.set('loud', chainSpecSchema.parse({ limits }));
    expect(flood(100)).toBe(100);
  });

  it('takes whatever the root says', () => {
    const { subject } = budget(10);
    for (let i = 0; i < 1_000; i++) expect(subject.takes('root')).toBe(true);
  });
});
