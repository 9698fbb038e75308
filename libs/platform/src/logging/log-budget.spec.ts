import { SimulatedClock } from '@flotilla/testing';
import { LogBudget } from './log-budget.js';

const LINE = `${'x'.repeat(1023)}\n`;

function budget(kbPerSecond: number | null) {
  const clock = new SimulatedClock();
  const written: string[] = [];
  const lines = { write: (line: string) => written.push(line) };
  return { clock, written, subject: new LogBudget(kbPerSecond, { lines, clock }) };
}

describe('LogBudget', () => {
  it('writes what fits and the line that goes beyond it, and counts the rest', () => {
    const { subject, written } = budget(1);
    for (let i = 0; i < 50; i++) subject.write(LINE);
    expect(written.length).toBe(11);
    expect(subject.droppedLines).toBe(39);
  });

  it('says once a second how much it dropped, and goes on', async () => {
    const { clock, subject, written } = budget(1);
    for (let i = 0; i < 30; i++) subject.write(LINE);
    await clock.advance(1_000);
    expect(JSON.parse(written[11])).toMatchObject({ level: 'warn', lines: 19, bytes: 19 * 1_024 });
    subject.write(LINE);
    expect(written.length).toBe(13);
    await clock.advance(5_000);
    expect(written.length).toBe(13);
  });

  it('takes another limit while it runs', () => {
    const { subject, written } = budget(1);
    for (let i = 0; i < 20; i++) subject.write(LINE);
    subject.limit(null);
    for (let i = 0; i < 100; i++) subject.write(LINE);
    expect(written.length).toBe(111);
  });

  it('writes everything without a limit', () => {
    const { subject, written } = budget(null);
    for (let i = 0; i < 1_000; i++) subject.write(LINE);
    expect(written.length).toBe(1_000);
    expect(subject.droppedLines).toBe(0);
  });
});
